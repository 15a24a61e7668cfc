"""What one poll after another stores, and what it leaves to webhooks."""

from datetime import timedelta

import pytest

from billing.models import Customer
from integrations.connections import manage
from integrations.db.leases import LeaseLost
from integrations.models import Connection, EventPoll, InboundEvent
from integrations.models.inbound import InboundSource, InboundState
from integrations.providers.stripe.provider import ROUTES
from integrations.providers.stripe.testing import golden
from integrations.providers.stripe.tests import builders
from integrations.reconcile.catch_up import leases, polling


@pytest.fixture
def made(stripe_api):
    """Makes customers, and returns the events of that, oldest first."""

    def make(count=1):
        ids = {stripe_api.v1.customers.create({"name": f"Number {n}"}).id for n in range(count)}
        listed = [one.to_dict() for one in stripe_api.v1.events.list({"limit": 100}).data]
        return [event for event in reversed(listed) if event["data"]["object"]["id"] in ids]

    return make


class TestAMissedEvent:
    def test_is_stored_by_the_next_poll_and_applied(self, polls, made):
        made()
        assert polls.after(minutes=2) == 1
        row = InboundEvent.objects.get()
        assert (row.source, row.state, row.verified_by) == (InboundSource.POLLED, InboundState.PENDING, "")
        polls.apply()
        assert Customer.objects.get().name == "Number 0"
        assert polls.row.missed == 1

    def test_is_stored_once(self, polls, made):
        made(3)
        assert [polls.after(minutes=4) for _ in range(3)] == [3, 3, 3]
        assert polls.row.missed == 3

    def test_that_is_young_is_left_to_its_webhook(self, polls, made):
        made()
        assert polls.after(seconds=5) == 0
        assert polls.after(minutes=3) == 1

    def test_is_ignored_where_its_switch_is_off(self, polls, made):
        polls.connection.customer_inbound_enabled = False
        polls.connection.save()
        made()
        polls.after(minutes=2)
        polls.apply()
        assert InboundEvent.objects.get().reason == "customer_inbound_enabled is off for this connection"

    def test_of_a_paused_connection_waits(self, polls, made):
        manage.pause(polls.connection)
        made()
        assert polls.after(minutes=2) == 1
        polls.apply()
        assert not Customer.objects.exists()
        manage.resume(polls.connection)
        polls.apply()
        assert Customer.objects.exists()

    def test_that_shows_late_in_the_list_is_found(self, polls, made, simulator):
        simulator.settings(event_list_lag_seconds=300)
        found = []
        for _ in range(5):
            made(3)
            simulator.advance_clock(100)
            made(3)
            found.append(polls.after(seconds=81))
        assert found[-1] < 30
        # Newer events have shown before older ones: what was late is behind the newest.
        for _ in range(4):
            found.append(polls.after(minutes=2))
        assert found[-1] == 30

    def test_of_no_route_is_not_asked_for(self, polls, stripe_api, simulator):
        stripe_api.v1.coupons.create({"percent_off": 10, "duration": "once"})
        assert polls.after(minutes=2) == 0
        asked = [list(call["params"].get("types", {}).values()) for call in simulator.requests("events.list")]
        assert all(len(types) <= 20 for types in asked)
        assert sorted(type for types in asked for type in types) == sorted(ROUTES)

    def test_is_found_beside_events_of_the_future(self, polls, made, simulator):
        """As those of a test clock are."""
        [future] = made()
        [account] = [one for one in simulator.simulator.accounts.values() if one.label == "shop"]
        account.objects[future["id"]]["created"] += 365 * 86400
        assert polls.after(minutes=2) == 0
        made()
        assert polls.after(minutes=5) == 1

    def test_from_before_the_connection_is_left_to_an_import(self, polls, made):
        """Else what a new account had done before would count as missed by webhooks."""
        made()
        polls.simulator.advance_clock(120)
        Connection.objects.update(created_at=polls.clock())
        made()
        assert [polls.after(minutes=4) for _ in range(3)] == [1, 1, 1]

    def test_from_between_two_connections_of_one_account_is_found_by_the_second(self, polls, made):
        manage.test(polls.connection)
        polls.after()
        manage.archive(polls.connection)
        made()
        polls.simulator.advance_clock(5 * 86400)
        polls.connection = manage.create(
            environment_id=polls.connection.environment_id,
            provider="stripe",
            name="Again",
            secrets={"secret_key": builders.SECRET_KEY},
            switches={"customer_inbound_enabled": True},
            now=polls.clock(),
        )
        Connection.objects.filter(pk=polls.connection.pk).update(created_at=polls.clock())
        assert polls.after(minutes=2) == 1

    def test_from_longer_before_the_second_asks_for_an_import(self, polls, made):
        self.test_from_between_two_connections_of_one_account_is_found_by_the_second(polls, made)
        manage.archive(polls.connection)
        EventPoll.objects.update(covered_at=polls.clock() - timedelta(days=31))
        polls.connection = manage.create(
            environment_id=polls.connection.environment_id,
            provider="stripe",
            name="Once more",
            secrets={"secret_key": builders.SECRET_KEY},
            switches={"customer_inbound_enabled": True},
            now=polls.clock(),
        )
        polls.after(minutes=2)
        assert polls.alarms() == ["import_needed"]


class TestAPoll:
    def test_is_not_due_before_the_interval_is_over(self, polls, simulator, settings):
        polls.after()
        calls = len(simulator.requests())
        polls.after(seconds=settings.EVENT_POLL_SECONDS - 5)
        assert len(simulator.requests()) == calls
        polls.after(seconds=6)
        assert len(simulator.requests()) > calls

    def test_takes_a_quiet_account_a_call_for_each_20_types_and_two(self, polls, simulator):
        polls.after()
        assert len(simulator.requests()) == -(-len(ROUTES) // 20) + 2

    def test_begins_again_a_page_whose_cursor_is_too_old(self, polls, made, clock):
        made(2)
        row = leases.take(polls.connection.pk, clock())
        types = sorted(ROUTES)
        leases.release(
            row, since=clock() - timedelta(hours=1), began_at=clock(), types_left=types, cursor="evt_gone"
        )
        assert polls.after(minutes=2) == 2

    def test_is_made_by_one_worker_at_a_time(self, polls, made, clock):
        made()
        assert leases.take(polls.connection.pk, clock()) is not None
        assert polls.after(seconds=90) == 0
        assert polls.after(seconds=60) == 1

    def test_stops_when_another_worker_has_taken_over(self, polls, clock):
        first = leases.take(polls.connection.pk, clock())
        polls.simulator.advance_clock(121)
        assert leases.take(polls.connection.pk, clock()) is not None
        with pytest.raises(LeaseLost):
            leases.write(first, clock(), cursor="evt_1")

    def test_is_not_made_of_a_broken_or_deleted_connection(self, polls, made, clock):
        made()
        assert [one.pk for one in leases.due(clock())] == [polls.connection.pk]
        polls.connection.status = "broken"
        polls.connection.save()
        assert polls.after(minutes=2) == 0
        manage.archive(polls.connection)
        assert (polls.after(minutes=2), leases.due(clock())) == (0, [])

    def test_goes_on_in_slices(self, polls, made, clock):
        made(3)
        polls.simulator.advance_clock(120)
        assert polling.poll(polls.connection.pk, clock, seconds=0)
        assert polls.row.polled_at is None
        assert not polling.poll(polls.connection.pk, clock)
        assert InboundEvent.objects.count() == 3

    def test_that_fails_says_why_and_is_tried_again(self, polls, made, simulator):
        made()
        simulator.faults.add("events.list", "500_before", nth=2)
        assert polls.after(minutes=2) == 0
        assert "events.list" in polls.row.last_error and polls.row.failures == 1
        assert polls.after(seconds=11) == 1
        assert (polls.row.last_error, polls.row.failures) == ("", 0)

    def test_that_the_key_may_not_make_breaks_nothing(self, polls, restricted):
        polls.connection = restricted("customer_write")
        polls.after(minutes=2)
        polls.connection.refresh_from_db()
        assert polls.connection.status == "active"
        assert "event_read" in polls.row.last_error

    def test_waits_for_its_turn_behind_all_others(self, polls, made, simulator, settings):
        made()
        simulator.limits(requests_per_second=1)
        polls.after(minutes=2)
        simulator.limits(requests_per_second=0)
        polls.after(minutes=3)
        assert InboundEvent.objects.count() == 1


class TestTheWebhookOfAPolledEvent:
    def test_replaces_the_body_before_it_is_applied(self, polls, made):
        [event] = made()
        polls.after(minutes=2)
        old = event | {"api_version": "2019-12-03"}
        row = polls.webhook(old)
        assert (row.source, row.api_version) == (InboundSource.WEBHOOK, "2019-12-03")
        assert row.payload["api_version"] == "2019-12-03"
        assert row.webhook_at is not None and row.verified_by == "ests"
        polls.apply()
        assert Customer.objects.count() == 1

    def test_changes_nothing_after_that(self, polls, made):
        [event] = made()
        polls.after(minutes=2)
        polls.apply()
        row = polls.webhook(event | {"api_version": "2019-12-03"})
        assert (row.source, row.state) == (InboundSource.POLLED, InboundState.APPLIED)
        assert row.payload["api_version"] != "2019-12-03" and row.webhook_at is not None

    def test_replaces_the_body_of_a_dead_one_for_its_replay(self, polls, made):
        [event] = made()
        polls.after(minutes=2)
        InboundEvent.objects.update(state=InboundState.DEAD, settled_at=polls.clock(), reason="unreadable")
        row = polls.webhook(event | {"api_version": "2019-12-03"})
        assert (row.source, row.state) == (InboundSource.WEBHOOK, InboundState.DEAD)
        assert row.payload["api_version"] == "2019-12-03"

    def test_that_came_first_keeps_its_body(self, polls, made):
        [event] = made()
        polls.webhook(event | {"api_version": "2019-12-03"})
        assert polls.after(minutes=2) == 1
        row = InboundEvent.objects.get()
        assert (row.source, row.api_version, polls.row.missed) == (InboundSource.WEBHOOK, "2019-12-03", 0)


class TestAnEventInTheAccountsVersion:
    def test_is_read_in_that_spelling(self, polls, simulator, stripe_api):
        simulator.settings(default_api_version="2019-12-03")
        stripe_api.v1.subscriptions  # noqa: B018 - the SDK is loaded before the clock is moved
        product = stripe_api.v1.products.create({"name": "Plan"})
        stripe_api.v1.prices.create(
            {"product": product.id, "currency": "usd", "unit_amount": 900, "recurring": {"interval": "month"}}
        )
        polls.after(minutes=2)
        polls.apply()
        states = InboundEvent.objects.values_list("type", "state", "api_version", "reason")
        assert {state for _, state, _, _ in states} == {"applied"}, list(states)
        assert {version for _, _, version, _ in states} == {"2019-12-03"}


def test_every_golden_event_is_stored_as_a_webhook_stores_it(connection, clock):
    """Of the same event, the two ways make the same row."""
    from integrations.providers.stripe.event_list import page
    from integrations.providers.stripe.testing import golden_names, store_signed
    from integrations.testing import ScriptedGateway
    from integrations.webhooks import event_store

    names = golden_names()[:100]
    data = [golden(name) | {"id": f"evt_{name}_listed"} for name in names]
    gateway = ScriptedGateway({"events.list": {"data": data, "has_more": False}})
    found = page(gateway, types=["x"], since=clock(), cursor="")
    assert event_store.insert_polled(connection.pk, found.events, clock()) == len(names)
    for name in names:
        store_signed(connection, golden(name) | {"id": f"evt_{name}_sent"}, clock())
    for name in names:
        sent, listed = (_stored(f"evt_{name}_{way}") for way in ("sent", "listed"))
        assert sent == listed


def _stored(event_id):
    columns = ("type", "object_id", "created", "api_version", "livemode", "payload__data")
    return InboundEvent.objects.values(*columns).get(provider_event_id=event_id)
