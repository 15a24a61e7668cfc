"""Statistics count each thing once, in its hour, and their page costs the same however much was counted."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.statistics import fill
from billing.models import Environment, Payment
from billing.tests.admin.conftest import logged_in, operator
from billing.tests.factories import PaymentFactory
from integrations.errors import Throttled
from integrations.gateway import call_counts
from integrations.models import Connection, Finding, HourlyStatistic, InboundEvent
from integrations.models.statistics import Measure
from integrations.statistics import retention, roll_up
from integrations.statistics.hours import hour_of
from integrations.statistics.latency import percentile
from integrations.testing import make_connection
from integrations.tests.admin.conftest import make_event
from integrations.tests.workers import empty_broker

__all__ = ["operator"]
pytestmark = pytest.mark.django_db
NOW = timezone.now()
HOUR = timedelta(hours=1)
PAGE = "/admin/statistics/"


@pytest.fixture(autouse=True)
def _clean_broker() -> Iterator[None]:
    empty_broker()
    yield
    empty_broker()


def numbers(measure: Measure) -> dict[tuple[datetime, str], Decimal]:
    """By hour, and label or currency."""
    rows = HourlyStatistic.objects.filter(measure=measure).exclude(value=0)
    return {(row.at, row.label or row.currency): row.value for row in rows}


class TestEvents:
    def test_are_counted_once_each_and_what_is_too_young_later(self, connection: Connection) -> None:
        for age, state in (
            (3 * HOUR, "applied"),
            (3 * HOUR, "applied"),
            (HOUR, "dead"),
            (0 * HOUR, "applied"),
        ):
            make_event(connection, state=state, settled_at=NOW - age)
        for _ in range(2):
            roll_up.look(NOW)
        old, dead = hour_of(NOW - 3 * HOUR), hour_of(NOW - HOUR)
        assert numbers(Measure.EVENTS) == {(old, "applied"): 2, (dead, "dead"): 1}
        InboundEvent.objects.filter(state="dead").update(settled_at=NOW, state="applied")  # replayed
        roll_up.look(NOW + HOUR)
        assert numbers(Measure.EVENTS)[hour_of(NOW), "applied"] == 2
        assert numbers(Measure.EVENTS)[dead, "dead"] == 1

    def test_that_wait_show_the_age_of_the_backlog(self, connection: Connection) -> None:
        make_event(connection, next_attempt_at=NOW - HOUR)
        roll_up.look(NOW)
        InboundEvent.objects.update(next_attempt_at=NOW)
        roll_up.look(NOW + timedelta(microseconds=1))
        assert numbers(Measure.INBOX_AGE) == {(hour_of(NOW), ""): 3600}


class TestMoney:
    def test_is_summed_anew_where_a_payment_has_changed(self, environment: Environment) -> None:
        made = [PaymentFactory(environment=environment, off_session=True) for _ in range(2)]
        Payment.objects.update(status="failed", created_at=NOW - HOUR)
        roll_up.look(NOW + HOUR)
        begun = hour_of(NOW - HOUR)
        assert numbers(Measure.FAILED) == {(begun, "USD"): 200}
        assert numbers(Measure.CHARGES) == {(begun, "failed"): 2}
        then = NOW + HOUR
        first = Payment.objects.filter(pk=made[0].pk)
        first.update(status="succeeded", succeeded_at=NOW - 5 * HOUR, updated_at=then)
        for _ in range(2):
            roll_up.look(then + HOUR)
        assert numbers(Measure.COLLECTED) == {(hour_of(NOW - 5 * HOUR), "USD"): 100}
        assert numbers(Measure.FAILED) == {(begun, "USD"): 100}
        assert numbers(Measure.CHARGES) == {(begun, "failed"): 1, (begun, "succeeded"): 1}


class TestCalls:
    def test_are_counted_by_how_long_they_took_and_those_that_were_too_many(
        self, connection: Connection
    ) -> None:
        for _ in range(3):
            with call_counts.counted(connection.pk):
                pass
        with pytest.raises(Throttled), call_counts.counted(connection.pk):
            raise Throttled("Too many.")
        for _ in range(2):
            roll_up.look(timezone.now())
        assert list(numbers(Measure.CALLS).values()) == [4]
        assert list(numbers(Measure.THROTTLED).values()) == [1]
        empty_broker()
        roll_up.look(timezone.now())
        assert list(numbers(Measure.CALLS).values()) == [4]

    def test_have_a_latency_that_is_estimated_between_two_bounds(self) -> None:
        counts = defaultdict(Decimal, {"100": Decimal(50), "200": Decimal(50)})
        assert percentile(counts, 0.5) == 100
        assert percentile(counts, 0.75) == 150
        assert percentile({}, 0.5) is None
        assert percentile({"slower": Decimal(1)}, 0.5) == 6400


class TestThePage:
    def test_costs_the_same_for_ten_million_events(self, operator: Client, connection: Connection) -> None:
        fill([(f"conn_{number}", connection.environment_id) for number in range(9)], hours=24)
        for window in ("24h", "7d", "30d"):
            with CaptureQueriesContext(database) as statements:
                page = operator.get(PAGE, {"window": window})
            assert page.status_code == 200 and len(statements) <= 8, window
        shown = {one["chart"].title: one for one in page.context["charts"]}
        assert (
            sum(int(one.total.replace(",", "")) for one in shown["Events by outcome"]["chart"].series)
            > 9_000_000
        )
        assert "Money in EUR" in shown and not shown["Money in EUR"]["is_empty"]
        assert "2 others" in page.content.decode()
        assert "93.8 % of those that ended succeeded" in page.content.decode()

    def test_shows_each_chart_to_those_who_may_view_what_it_counts(self, connection: Connection) -> None:
        Finding.objects.create(
            connection=connection, asked_at=NOW, seen_at=NOW, kind="differs", field="name", entity_type="customer",
            amount_at_stake=Decimal(7), currency="EUR",
        )  # fmt: skip
        roll_up.look(NOW)
        user = User.objects.create_user("counter", is_staff=True)
        assert "You have no permission" in logged_in(user).get(PAGE).content.decode()
        user.user_permissions.set(Permission.objects.filter(codename__in=["view_finding"]))
        page = logged_in(user).get(PAGE, {"tables": ""})
        titles = [one["chart"].title for one in page.context["charts"]]
        assert titles == ["Differences between both sides", "Money at stake in EUR"]
        assert "7.00" in page.content.decode()
        user.user_permissions.set(Permission.objects.filter(codename__in=["view_connection"]))
        assert "Nothing in these 24 hours." in logged_in(User.objects.get()).get(PAGE).content.decode()


def test_hours_are_forgotten_after_a_while(connection: Connection, settings) -> None:
    settings.STATISTICS_RETENTION_DAYS = 1
    fill([(connection.pk, connection.environment_id)])
    retention.forget(NOW)
    assert min(HourlyStatistic.objects.values_list("at", flat=True)) >= hour_of(NOW) - 24 * HOUR
    other = make_connection(Environment.objects.create(name="Other").pk, "acme")
    settings.STATISTICS_RETENTION_DAYS = 0
    fill([(other.pk, other.environment_id)])
    assert retention.forget(NOW) == 0
