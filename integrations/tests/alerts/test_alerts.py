"""People are told once of what is new, once that it is over, and at no quiet hour: over real HTTP."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.errors import Invalid
from billing.events import Kind
from billing.tests.admin.pages import page, press
from billing.tests.factories import CustomerFactory, EnvironmentFactory
from integrations.alerts import addresses, rules, watching
from integrations.models import Alert, AlertChannel, Connection, EntityMapping, Finding, InboundEvent, Process
from integrations.processes.rounds import go_round
from integrations.processes.single import Single
from integrations.tests.admin.conftest import make_event, make_process, operator
from integrations.timeline.entries import EntryKind
from integrations.timeline.story import timeline
from integrations.timeline.subjects import Subject
from integrations.triage import marks
from integrations.triage.groups import groups
from integrations.triage.kinds import KINDS

__all__ = ["operator"]
pytestmark = pytest.mark.django_db
NOW = timezone.now()


class Inbox(HTTPServer):
    """Takes the messages that apprise posts as JSON; answers ``status``."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receiver)
        self.messages: list[dict[str, Any]] = []
        self.status = 200


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        inbox: Any = self.server
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        inbox.messages += [body] if inbox.status == 200 else []
        self.send_response(inbox.status)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with Inbox() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def channel(inbox: Inbox) -> AlertChannel:
    made = AlertChannel(name="On call")
    addresses.seal(made, f"json://user:s3cret@127.0.0.1:{inbox.server_port}/alerts")
    made.save()
    return made


def dead(connection: Connection, reason: str = "There is no plan.") -> InboundEvent:
    return make_event(connection, state="dead", reason=reason, settled_at=NOW)


class TestAProblem:
    def test_is_told_once_and_so_is_its_end(
        self, inbox: Inbox, channel: AlertChannel, connection: Connection
    ) -> None:
        event = dead(connection)
        assert [watching.look(NOW) for _ in range(3)] == [1, 0, 0]
        (told,) = inbox.messages
        assert told["title"] == "FlexSync: Events that could not be applied"
        assert "There is no plan." in told["message"] and "replay all of them" in told["message"]
        event.delete()
        assert [watching.look(NOW) for _ in range(2)] == [1, 0]
        assert "Over: Events that could not be applied: There is no plan." in inbox.messages[1]["message"]
        assert Alert.objects.get().ended_at == NOW

    def test_names_the_environment_and_the_connection_that_have_it(
        self, inbox: Inbox, channel: AlertChannel, connection: Connection
    ) -> None:
        dead(connection)
        watching.look(NOW)
        InboundEvent.objects.all().delete()
        watching.look(NOW)
        place = f"{connection.environment.name}, {connection.name}"
        new, over = (one["message"] for one in inbox.messages)
        assert f"\n{place}: 1, first seen" in new
        assert f"Over: Events that could not be applied: There is no plan. ({place})" in over

    def test_that_is_dismissed_is_not_over(
        self, inbox: Inbox, channel: AlertChannel, connection: Connection
    ) -> None:
        dead(connection)
        watching.look(NOW)
        (group,) = groups(NOW)
        marks.dismiss(group, by="ada", reason="Known.", now=NOW + timedelta(hours=1))
        watching.look(NOW + timedelta(hours=1))
        told = inbox.messages[1]
        assert told["title"] == "FlexSync: closed" and "Over" not in told["message"]
        assert "Dismissed by ada: Events that could not be applied" in told["message"]
        assert "\nKnown." in told["message"]

    def test_that_a_channel_tells_no_more_is_not_over(
        self, inbox: Inbox, channel: AlertChannel, connection: Connection
    ) -> None:
        dead(connection)
        watching.look(NOW)
        channel.codes = ["overpaid"]
        channel.save()
        watching.look(NOW)
        assert "Still there, but not among what this channel tells" in inbox.messages[1]["message"]

    def test_of_many_kinds_is_one_message(
        self, inbox: Inbox, channel: AlertChannel, connection: Connection
    ) -> None:
        for reason in "abcdefghijkl":
            dead(connection, reason * 3)
        watching.look(NOW)
        (told,) = inbox.messages
        assert told["title"] == "FlexSync: 12 new problems" and "And 2 more." in told["message"]

    def test_is_told_again_when_the_address_did_not_take_it(
        self, inbox: Inbox, channel: AlertChannel, connection: Connection
    ) -> None:
        dead(connection)
        inbox.status = 500
        assert watching.look(NOW) == 0
        channel.refresh_from_db()
        assert channel.last_error and "s3cret" not in channel.last_error
        assert not Alert.objects.exists()
        inbox.status = 200
        assert watching.look(NOW) == 1
        channel.refresh_from_db()
        assert (channel.last_error, channel.sent_at) == ("", NOW)

    def test_waits_for_the_end_of_the_quiet_hours(
        self, inbox: Inbox, channel: AlertChannel, connection: Connection
    ) -> None:
        dead(connection)
        night = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
        channel.quiet_from, channel.quiet_until, channel.time_zone = time(22), time(7), "Europe/Berlin"
        channel.save()
        assert watching.look(night) == 0
        assert watching.look(night + timedelta(hours=6, minutes=29)) == 0
        assert watching.look(night + timedelta(hours=6, minutes=30)) == 1

    def test_is_on_the_timeline_of_what_it_was_about(
        self, inbox: Inbox, channel: AlertChannel, connection: Connection
    ) -> None:
        customer, other = (CustomerFactory(environment=connection.environment) for _ in range(2))
        EntityMapping.objects.create(
            connection=connection,
            entity_type="customer",
            entity_id=customer.pk,
            provider_entity_id="person_1",
        )
        event = make_event(
            connection, object_id="person_1", state="dead", reason="There is no plan.", settled_at=NOW
        )
        watching.look(NOW)
        event.delete()
        watching.look(NOW + timedelta(hours=1))
        [entry] = timeline(Subject(Kind.CUSTOMER, customer), only=[EntryKind.ALERT]).entries
        assert entry.title == "An alert was sent: Events that could not be applied: There is no plan."
        assert entry.who == "FlexSync, to On call (json://127.0.0.1/...)"
        assert entry.details[0].startswith("over since ")
        assert not timeline(Subject(Kind.CUSTOMER, other), only=[EntryKind.ALERT]).entries

    def test_names_what_it_is_about_whatever_its_kind(self, connection: Connection) -> None:
        for kind in KINDS:
            assert not kind.about or not kind.rows().values_list(kind.about, flat=True)

    def test_that_no_worker_lives_is_told_too(self, inbox: Inbox, channel: AlertChannel) -> None:
        make_process("beat")
        make_process("worker", seen_at=NOW - timedelta(minutes=5))
        watching.look(timezone.now())
        assert "No worker is alive." in inbox.messages[0]["message"]


class TestAChannel:
    def test_tells_only_of_what_it_is_for(self, channel: AlertChannel, connection: Connection) -> None:
        dead(connection)
        channel.codes = ["overpaid"]
        channel.save()
        assert watching.look(NOW) == 0
        channel.codes, channel.environment = ["dead_event"], EnvironmentFactory()
        channel.save()
        assert watching.look(NOW) == 0
        channel.environment = connection.environment
        channel.save()
        assert watching.look(NOW) == 1

    @pytest.mark.parametrize(("least", "is_told"), [("10.01", False), ("10.00", True)])
    def test_tells_of_money_above_an_amount(
        self, channel: AlertChannel, connection: Connection, least: str, is_told: bool
    ) -> None:
        Finding.objects.create(
            connection=connection, kind="differs", entity_type="invoice", field="total", asked_at=NOW,
            seen_at=NOW, amount_at_stake="10.00", currency="EUR",
        )  # fmt: skip
        channel.least_amount = Decimal(least)
        channel.save()
        assert watching.look(NOW) == is_told

    def test_that_is_off_tells_nothing(self, channel: AlertChannel, connection: Connection) -> None:
        dead(connection)
        AlertChannel.objects.update(is_enabled=False)
        assert watching.look(NOW) == 0

    def test_takes_no_address_that_apprise_does_not_know_or_that_is_of_this_machine(self) -> None:
        for address in ("nothing", "ftp://example.com", "syslog://", "file:///etc/passwd", "dbus://"):
            with pytest.raises(Invalid):
                addresses.seal(AlertChannel(), address)

    def test_shows_no_secret(self, channel: AlertChannel) -> None:
        assert channel.shown_address == "json://127.0.0.1/..."
        assert "s3cret" not in channel.sealed_address

    def test_is_quiet_within_a_day_too(self) -> None:
        channel = AlertChannel(quiet_from=time(9), quiet_until=time(10), time_zone="UTC")
        at = datetime(2026, 1, 1, tzinfo=UTC)
        hours = [hour for hour in range(24) if rules.is_quiet(channel, at + timedelta(hours=hour))]
        assert hours == [9]


def test_of_two_beats_one_looks(inbox: Inbox, channel: AlertChannel, connection: Connection) -> None:
    dead(connection)
    first, second = Single("alerts", seconds=60), Single("alerts", seconds=60)
    go_round(first, watching.look)
    Alert.objects.all().delete()
    go_round(second, watching.look)
    assert len(inbox.messages) == 1
    assert Process.objects.count() == 0


class TestThePage:
    def test_makes_a_channel_tests_it_and_shows_no_secret(self, operator: Client, inbox: Inbox) -> None:
        address = f"json://user:s3cret@127.0.0.1:{inbox.server_port}/"
        form = {"name": "On call", "address": address, "time_zone": "UTC", "is_enabled": "on"}
        made = operator.post(page(AlertChannel, "add"), form, follow=True)
        assert "s3cret" not in made.content.decode()
        channel = AlertChannel.objects.get()
        html = operator.get(page(AlertChannel, "change", channel.pk)).content.decode()
        assert "json://127.0.0.1/..." in html and "s3cret" not in html
        press(operator, channel, "send_test")
        assert inbox.messages[0]["title"] == "FlexSync: a test"

    @pytest.mark.parametrize(
        ("differs", "field"),
        [
            ({"address": "nothing"}, "address"),
            ({"address": ""}, "address"),
            ({"quiet_from": "22:00"}, "quiet_until"),
        ],
    )
    def test_refuses_at_the_field(self, operator: Client, differs: dict[str, str], field: str) -> None:
        form = {"name": "On call", "address": "json://127.0.0.1:9/", "time_zone": "UTC"} | differs
        answer = operator.post(page(AlertChannel, "add"), form)
        assert list(answer.context["adminform"].form.errors) == [field]
        assert not AlertChannel.objects.exists()
