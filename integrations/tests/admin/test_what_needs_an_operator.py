"""The admin's pages of conflicts, of events of the other mode, and of endpoints of another version."""

from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from billing.admin.links import list_url
from billing.tests.admin.pages import page
from integrations.inbox import processing
from integrations.models import Connection, EntityMapping, InboundEvent
from integrations.tests.admin.conftest import make_event

SIDES = [
    {"ours": "cust_a", "theirs": "person_1", "because": "they are linked"},
    {"ours": "cust_b", "theirs": "", "because": "it has this name here"},
]


class TestAConflict:
    def test_is_found_by_the_filter_and_shows_both_parties(
        self, operator: Client, connection: Connection
    ) -> None:
        open_one = make_event(connection, state="dead", settled_at=timezone.now(), conflict=SIDES)
        other = make_event(connection, state="dead", settled_at=timezone.now())
        found = operator.get(page(InboundEvent, "changelist"), {"conflict": "open"}).content.decode()
        assert page(InboundEvent, "change", open_one.pk) in found
        assert page(InboundEvent, "change", other.pk) not in found
        html = operator.get(page(InboundEvent, "change", open_one.pk)).content.decode()
        shown = strip_tags(html)
        assert "FlexSync: cust_a, Acme: person_1 (they are linked)" in shown
        assert "FlexSync: cust_b, Acme: nothing (it has this name here)" in shown
        for side in ("cust_a", "person_1", "cust_b"):
            assert list_url(EntityMapping, q=side) in html


class TestAnEventOfTheOtherMode:
    def test_is_dead_and_says_what_to_do(self, operator: Client, connection: Connection) -> None:
        event = make_event(connection, livemode=True, next_attempt_at=timezone.now())
        processing.process(event.pk, timezone.now())
        html = operator.get(page(InboundEvent, "change", event.pk)).content.decode()
        assert "The event is of live mode" in html and "make a connection with the live key" in html
        assert ">dead<" in "".join(html.split())


class TestAConnection:
    def shown(self, operator: Client, connection: Connection) -> str:
        return operator.get(page(Connection, "change", connection.pk)).content.decode()

    def test_shows_the_version_in_which_events_arrive(self, operator: Client, connection: Connection) -> None:
        connection.api_version = "2026-05-27"
        connection.save()
        make_event(connection, api_version="2026-05-27")
        assert "2026-05-27, last received" in self.shown(operator, connection)
        assert "register the webhook again" not in self.shown(operator, connection)

    def test_says_what_to_do_about_another_version(self, operator: Client, connection: Connection) -> None:
        connection.api_version = "2026-05-27"
        connection.save()
        make_event(connection, api_version="2024-06-20")
        html = self.shown(operator, connection)
        assert "2024-06-20, last received" in html
        assert "created for another version than 2026-05-27" in html and "register the webhook again" in html
