"""What needs a person: grouped by cause, worst first, with the money at stake, and what is said of it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from billing.errors import Invalid
from billing.models import Invoice
from billing.tests.factories import CustomerFactory, EnvironmentFactory
from integrations.models import Connection, EntityMapping, Finding, InboundEvent, OutboundSync
from integrations.tests.admin.conftest import make_event, make_process
from integrations.triage import again, kinds, marks
from integrations.triage.group import Group
from integrations.triage.groups import group, groups
from integrations.triage.kind import ProblemKind

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def found(**differs: Any) -> list[Group]:
    return groups(NOW, **differs)


def titles() -> list[tuple[str, int]]:
    return [(one.kind.code, one.count) for one in found()]


def dead(connection: Connection, reason: str, *, minutes: int = 0) -> InboundEvent:
    values = {"state": "dead", "reason": reason, "settled_at": NOW - timedelta(minutes=minutes)}
    return make_event(connection, **values)


def blocked(connection: Connection, entity_id: str, error: str, **differs: Any) -> OutboundSync:
    values = {"state": "blocked", "last_error": error, "settled_at": NOW} | differs
    return OutboundSync.objects.create(
        connection=connection, entity_type="customer", entity_id=entity_id, **values
    )


def finding(connection: Connection, **differs: Any) -> Finding:
    values = {"kind": "differs", "entity_type": "invoice", "field": "total", "asked_at": NOW, "seen_at": NOW}
    return Finding.objects.create(connection=connection, **values | differs)


class TestTheGroups:
    def test_are_none_where_all_is_well(self) -> None:
        assert found() == []

    def test_of_equal_reasons_are_one_whatever_ids_and_numbers_they_name(
        self, connection: Connection
    ) -> None:
        first = dead(connection, "There is no customer cust_01ABCDEFGH for 12.50 USD.", minutes=5)
        dead(connection, "There is no customer cust_01ZZZZZZZZ for 7 USD.")
        dead(connection, "There is no plan plan_01ZZZZZZZZ.")
        more, one = found()
        assert (more.count, one.count) == (2, 1)
        assert more.cause == "There is no customer ... for ... USD."
        assert (more.first_seen, more.last_seen) == (NOW - timedelta(minutes=5), NOW)
        assert more.oldest == first.pk

    def test_are_apart_by_connection(self, connection: Connection) -> None:
        other = Connection.objects.create(
            environment=connection.environment, provider="acme", name="other", account_id="b"
        )
        dead(connection, "no")
        dead(other, "no")
        assert sorted(one.connection_id for one in found()) == sorted([connection.pk, other.pk])

    def test_are_those_of_one_environment_if_asked(self, connection: Connection) -> None:
        dead(connection, "no")
        assert found(environment_id=EnvironmentFactory().pk) == []
        assert len(found(environment_id=connection.environment_id)) == 1

    def test_come_worst_first(self, connection: Connection) -> None:
        blocked(connection, "cust_1", "no")
        dead(connection, "no")
        Connection.objects.filter(pk=connection.pk).update(status="broken", status_reason="The key is gone.")
        make_process("worker", seen_at=NOW - timedelta(hours=1))
        make_process("beat", seen_at=NOW)
        assert [code for code, _ in titles()] == [
            "no_process",
            "connection_broken",
            "dead_event",
            "blocked_push",
        ]

    def test_add_the_money_up_by_currency(self, connection: Connection) -> None:
        for amount, currency in (("10.00", "USD"), ("2.50", "USD"), ("3.00", "EUR"), (None, "USD")):
            label = f"{amount} {currency}"
            finding(connection, amount_at_stake=amount, currency=currency, entity_id=label)
        (one,) = found()
        assert (one.count, one.at_stake) == (4, {"USD": Decimal("12.500"), "EUR": Decimal("3.000")})

    def test_leave_out_what_is_mended(self, connection: Connection) -> None:
        blocked(connection, "cust_1", "no", state="done")
        finding(connection, state="healed", healed_at=NOW)
        make_event(connection, state="applied", settled_at=NOW)
        assert found() == []

    def test_are_one_for_what_is_gone_and_what_waits_for_it(self, connection: Connection) -> None:
        gone = EntityMapping.objects.create(
            connection=connection, entity_type="customer", entity_id="cust_1", provider_entity_id="peo_1",
            gone_at=NOW, gone_reason="Not found.",
        )  # fmt: skip
        blocked(connection, "cust_1", "It is gone.", waits_for="customer:cust_1")
        blocked(connection, "inv_1", "It is gone.", waits_for="customer:cust_1", state="dead")
        finding(connection, kind="gone", entity_type="customer", entity_id="cust_1", field="")
        blocked(connection, "cust_2", "no", waits_for="customer:cust_2")
        assert titles() == [("blocked_push", 1), ("gone", 1)]
        gone.gone_choice = "leave"
        gone.save()
        assert sorted(titles()) == [("blocked_push", 1), ("blocked_push", 1), ("dead_push", 1)]

    def test_show_what_is_gone_until_that_was_decided(self, connection: Connection) -> None:
        """The next comparison heals the finding; until then it says nothing new."""
        mapping = EntityMapping.objects.create(
            connection=connection, entity_type="customer", entity_id="cust_1", provider_entity_id="peo_1"
        )
        finding(
            connection, kind="gone", entity_type="customer", entity_id="cust_1", provider_entity_id="peo_1", field=""
        )  # fmt: skip
        assert titles() == [("drift", 1)]
        mapping.provider_entity_id = "peo_2"  # made anew
        mapping.save()
        assert titles() == []

    def test_cost_two_statements_and_those_of_connections_and_processes(
        self, connection: Connection, django_assert_num_queries: Any
    ) -> None:
        for number in range(3):
            dead(connection, f"reason {'abc'[number]}")
            blocked(connection, f"cust_{number}", "no")
        with django_assert_num_queries(4):
            found()


class TestEachKind:
    @pytest.mark.parametrize("kind", kinds.KINDS, ids=lambda kind: kind.code)
    def test_finds_the_rows_of_a_group_by_its_key(self, kind: ProblemKind) -> None:
        """No row has this key, but the statement is one that the database takes."""
        assert list(kind.rows_of(f"{kind.code}:env_1:conn_1:abc")) == []

    def test_names_events_that_no_worker_takes(self, connection: Connection) -> None:
        # Not NOW: a run of all tests is at this one much later than it began.
        now = timezone.now()
        make_event(connection, next_attempt_at=now - timedelta(minutes=4))
        assert found() == []
        late = make_event(connection, next_attempt_at=now - timedelta(minutes=6))
        (one,) = found()
        assert (one.kind.code, one.count, one.first_seen) == ("waiting_event", 1, late.next_attempt_at)

    def test_names_an_invoice_that_failed_and_what_remains(self) -> None:
        customer = CustomerFactory()
        Invoice.objects.create(
            environment=customer.environment, customer=customer, currency="USD", number="1", status="finalized",
            payment_status="failed", subtotal=9, total=9, amount_due=9, amount_remaining=9, finalized_at=NOW,
            failure_message="The card was declined.",
        )  # fmt: skip
        (one,) = found()
        assert (one.kind.code, one.cause, one.at_stake) == (
            "collection_failed",
            "The card was declined.",
            {"USD": 9},
        )
        assert [row.number for row in one.rows()] == ["1"]


class TestAMark:
    def test_is_found_again_with_its_group(self, connection: Connection) -> None:
        dead(connection, "no")
        marks.assign(found()[0], "ann")
        marks.annotate(found()[0], "The plan comes tomorrow.")
        mark = found()[0].mark
        assert mark and (mark.assigned_to, mark.note) == ("ann", "The plan comes tomorrow.")

    def test_dismisses_until_it_happens_again(self, connection: Connection) -> None:
        dead(connection, "no", minutes=5)
        marks.dismiss(found()[0], by="ann", reason="A test of ours.", now=NOW - timedelta(minutes=1))
        assert found()[0].is_dismissed
        dead(connection, "no")
        assert not found()[0].is_dismissed
        assert found()[0].count == 2

    def test_needs_a_reason_to_dismiss(self, connection: Connection) -> None:
        dead(connection, "no")
        with pytest.raises(Invalid):
            marks.dismiss(found()[0], by="ann", reason=" ", now=NOW)

    def test_is_taken_back(self, connection: Connection) -> None:
        dead(connection, "no")
        marks.dismiss(found()[0], by="ann", reason="Ours.", now=NOW)
        marks.restore(found()[0])
        assert not found()[0].is_dismissed


class TestTryingAllAgain:
    def test_replays_the_events_of_the_group_only(self, connection: Connection) -> None:
        first, second, other = (
            dead(connection, reason) for reason in ("no cust_1234", "no cust_5678", "never")
        )
        one = next(one for one in found() if one.count == 2)
        assert again.try_again(one, NOW).begun == 2
        states = dict(InboundEvent.objects.values_list("pk", "state"))
        assert states == {first.pk: "pending", second.pk: "pending", other.pk: "dead"}

    def test_says_which_cannot_be_replayed(self, connection: Connection) -> None:
        dead(connection, "no")
        InboundEvent.objects.update(pruned_at=NOW, payload={})
        tried = again.try_again(found()[0], NOW)
        assert (tried.begun, tried.left) == (0, 0)
        assert "which cannot be replayed: 1." in tried.refusals[0]

    def test_sends_refused_changes_again(self, connection: Connection) -> None:
        blocked(connection, "cust_1", "no")
        blocked(connection, "cust_2", "no")
        key = found()[0].key
        named = group(key, NOW)
        assert named and again.try_again(named, NOW).begun == 2
        assert set(OutboundSync.objects.values_list("state", flat=True)) == {"pending"}
        assert group(key, NOW) is None
