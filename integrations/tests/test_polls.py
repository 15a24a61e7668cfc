"""Polls of any provider that lists its events: Acme's list is a plain function here."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.errors import Rejected, Throttled, Unreachable
from integrations.models import Connection, EventPoll, InboundEvent
from integrations.provider_api import EventList, EventPage, registry
from integrations.reconcile.catch_up import polling
from integrations.tests.test_inbox import event


class Listing:
    """Events by page; ``asked`` is what was asked for, a failure is raised once."""

    def __init__(self, *pages):
        self.pages, self.asked, self.failure = list(pages), [], None

    def page(self, _gateway, /, *, types, since, cursor):
        self.asked.append((tuple(types), cursor))
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure
        number = int(cursor or 0)
        found = self.pages[number] if types[0] == "person.changed" and self.pages else []
        following = str(number + 1) if found and number + 1 < len(self.pages) else ""
        return EventPage([one for one in found if not isinstance(one, str)], following, [
            one for one in found if isinstance(one, str)
        ])  # fmt: skip

    def newest(self, _gateway):
        return timezone.now() - timedelta(minutes=3)


def of_the_past(number):
    return replace(event(number, id=f"peo_{number}"), created=timezone.now() - timedelta(minutes=5))


@pytest.fixture
def listed(connection, server):
    """Gives Acme a list of these pages, and returns it."""
    acme = registry.provider("acme")

    def make(*pages):
        Connection.objects.update(created_at=timezone.now() - timedelta(hours=1))
        listing = Listing(*pages)
        kept = {"kept": timedelta(days=30), "late": timedelta(minutes=5), "most_types": 1}
        events = EventList(page=listing.page, newest=listing.newest, **kept)
        registry.add(replace(acme, event_list=events))
        return listing

    yield make
    registry.add(acme)


def test_all_pages_of_all_types_are_stored(connection, listed):
    listing = listed([of_the_past(1), of_the_past(2)], [of_the_past(3)])
    assert not polling.poll(connection.pk)
    assert InboundEvent.objects.filter(source="polled").count() == 3
    people, payments = ("person.changed",), ("payment.made",)
    assert sorted(listing.asked) == [(payments, ""), (people, ""), (people, "1")]


def test_what_is_no_event_stops_nothing(connection, listed):
    listed(["evt_odd: it has no type", of_the_past(1)])
    polling.poll(connection.pk)
    assert InboundEvent.objects.count() == 1


@pytest.mark.parametrize("failure", [Unreachable("Acme is away."), Rejected("Not that key.")])
def test_a_failure_is_shown_and_the_page_is_read_again(connection, listed, failure):
    listing = listed([of_the_past(1)])
    listing.failure = failure
    polling.poll(connection.pk)
    row = EventPoll.objects.get()
    assert (row.last_error, row.failures, row.polled_at) == (str(failure), 1, None)
    polling.poll(connection.pk, lambda: timezone.now() + timedelta(seconds=11))
    assert InboundEvent.objects.count() == 1
    assert EventPoll.objects.get().last_error == ""


def test_a_poll_that_has_to_wait_for_long_lets_the_worker_go(connection, listed):
    listing = listed([of_the_past(1)])
    listing.failure = Throttled("Slow down.", after=300)
    assert not polling.poll(connection.pk)
    row = EventPoll.objects.get()
    assert row.next_at > timezone.now() + timedelta(seconds=290)
    assert (row.failures, row.last_error, row.lease_holder) == (0, "", "")
    assert not polling.poll(connection.pk, lambda: timezone.now() + timedelta(seconds=301))
    assert InboundEvent.objects.count() == 1


def test_a_provider_without_a_list_is_not_polled(connection):
    sent = []
    assert not polling.poll(connection.pk)
    assert polling.notify_due(timezone.now(), lambda *args, **_: bool(sent.append(args)) or True) == 0


def test_workers_are_notified_of_what_is_due_only(connection, listed, settings):
    listed([])
    sent = []

    def send(*args, **_options):
        sent.append(args)
        return True

    assert polling.notify_due(timezone.now(), send) == 1
    assert sent == [("integrations.poll_events", connection.pk)]
    polling.poll(connection.pk)
    assert polling.notify_due(timezone.now(), send) == 0
    settings.EVENT_POLL_SECONDS = 0
    assert polling.notify_due(timezone.now() + timedelta(days=1), send) == 0


def test_a_person_need_not_wait_for_the_next_poll(connection, listed):
    listing = listed([])
    polling.poll(connection.pk)
    asked = len(listing.asked)
    polling.poll(connection.pk)
    assert len(listing.asked) == asked
    polling.request(connection.pk, timezone.now())
    polling.poll(connection.pk)
    assert len(listing.asked) > asked
