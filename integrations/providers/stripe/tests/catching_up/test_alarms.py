"""Alarms: a disabled endpoint, webhooks that do not come, and events that the list has no more."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from billing.errors import Conflict
from billing.models import Customer
from billing.services import environments
from integrations.connections import credentials, manage
from integrations.models import Alarm, ImportRun, InboundEvent
from integrations.reconcile.catch_up import gaps
from integrations.reconcile.importing import runs, work


@pytest.fixture
def endpoint(connection, clock, stripe_api):
    """The registered endpoint; what it is sent gets lost."""
    credentials.register_webhook(connection, clock())
    return connection.webhook_endpoint_id


@pytest.fixture
def event(stripe_api):
    """Makes a customer, and returns the event of that."""

    def make():
        stripe_api.v1.customers.create({"name": "Ada"})
        return stripe_api.v1.events.list({"limit": 1}).data[0].to_dict()

    return make


class TestADisabledEndpoint:
    def test_raises_an_alarm_until_it_is_registered_again(self, polls, endpoint, stripe_api, clock):
        stripe_api.v1.webhook_endpoints.update(endpoint, {"disabled": True})
        polls.after()
        polls.after(minutes=4)
        assert polls.alarms() == ["endpoint_disabled"]
        assert Alarm.objects.count() == 1
        credentials.register_webhook(polls.connection, clock())
        polls.after(minutes=4)
        assert polls.alarms() == []
        assert Alarm.objects.get().ended_at is not None

    def test_is_not_looked_for_without_the_permission(self, polls, restricted):
        polls.connection = restricted("event_read")
        polls.after()
        assert polls.row.polled_at is not None
        assert polls.alarms() == []


class TestSilence:
    def test_is_an_alarm_a_quarter_of_an_hour_after_a_poll_found_an_event(self, polls, event, simulator):
        event()
        polls.after(minutes=2)
        assert polls.alarms() == []
        polls.after(minutes=16)
        assert polls.alarms() == ["webhooks_silent"]

    def test_ends_with_the_next_webhook(self, polls, event):
        event()
        polls.after(minutes=2)
        polls.after(minutes=16)
        row = polls.webhook(event())
        InboundEvent.objects.filter(pk=row.pk).update(received_at=polls.clock())
        polls.after(minutes=4)
        assert polls.alarms() == []

    def test_ends_with_the_late_webhook_of_an_event_that_was_applied(self, polls, event):
        first, _second = event(), event()
        polls.after(minutes=2)
        polls.apply()
        polls.after(minutes=16)
        assert polls.alarms() == ["webhooks_silent"]
        row = polls.webhook(first)
        InboundEvent.objects.filter(pk=row.pk).update(webhook_at=polls.clock())
        polls.after(minutes=4)
        assert polls.alarms() == []

    def test_is_none_where_one_of_many_is_lost(self, polls, event):
        event()
        polls.after(minutes=2)
        row = polls.webhook(event())
        InboundEvent.objects.filter(pk=row.pk).update(received_at=polls.clock() + timedelta(minutes=1))
        polls.after(minutes=30)
        assert polls.alarms() == []

    def test_of_a_quiet_account_is_none(self, polls):
        polls.after()
        polls.after(days=3)
        assert polls.alarms() == []


class TestAGap:
    def test_of_more_than_thirty_days_asks_for_an_import(self, polls, event):
        polls.after()
        before = polls.clock()
        event()
        polls.after(days=31)
        assert polls.alarms() == ["import_needed"]
        alarm = Alarm.objects.get()
        assert abs(alarm.since - before) < timedelta(minutes=1)
        assert alarm.agreed_by == "" and "imported" in alarm.message

    def test_of_less_does_not(self, polls, event):
        polls.after()
        event()
        assert polls.after(days=29) == 1
        assert polls.alarms() == []

    def test_is_none_of_an_account_that_was_quiet_and_polled(self, polls):
        for _ in range(5):
            polls.after(days=10)
        assert polls.alarms() == []

    def test_begins_an_import_by_itself_where_the_setting_says_so(self, polls, settings):
        settings.IMPORT_AFTER_GAP = True
        polls.after()
        polls.after(days=31)
        assert Alarm.objects.get().agreed_by == "catch-up"
        assert Alarm.objects.get().started == ImportRun.objects.get().pk

    def test_ends_with_its_connection(self, polls):
        polls.after()
        polls.after(days=31)
        manage.archive(polls.connection)
        assert polls.alarms() == []

    def test_is_agreed_to_once(self, polls):
        polls.after()
        polls.after(days=31)
        alarm = Alarm.objects.get()
        assert gaps.agree(alarm, "ada", polls.clock()).agreed_by == "ada"
        with pytest.raises(Conflict):
            gaps.agree(alarm, "grace", polls.clock())
        assert ImportRun.objects.get().started_by == "ada"

    def test_is_closed_by_the_import(self, polls, stripe_api):
        made = stripe_api.v1.customers.create({"name": "Before"})
        polls.after(minutes=2)
        polls.apply()
        stripe_api.v1.customers.update(made.id, {"name": "Changed"})
        polls.after(days=31)
        polls.apply()
        assert Customer.objects.get().name == "Before"
        run = ImportRun.objects.get(
            pk=gaps.agree(Alarm.objects.get(code="import_needed"), "ada", polls.clock()).started
        )
        while work.work(run.pk, seconds=20):
            pass
        polls.after(minutes=4)
        assert "import_needed" not in polls.alarms() and Customer.objects.get().name == "Changed"

    def test_has_to_be_agreed_to_again_after_its_import_was_cancelled(self, polls):
        polls.after()
        polls.after(days=31)
        alarm = gaps.agree(Alarm.objects.get(), "ada", polls.clock())
        runs.cancel(alarm.started, polls.clock())
        polls.after(minutes=4)
        assert Alarm.objects.get().agreed_by == "" and polls.alarms() == ["import_needed"]

    def test_waits_for_an_import_that_is_open_already(self, polls, settings):
        settings.IMPORT_AFTER_GAP = True
        polls.after()
        other = runs.start(polls.connection, started_by="grace")
        polls.after(days=31)
        assert Alarm.objects.get().agreed_by == ""
        runs.cancel(other.pk, polls.clock())
        polls.after(minutes=4)
        assert Alarm.objects.get().agreed_by == "catch-up"


class TestTheApi:
    def test_shows_alarms_and_takes_the_agreement(self, polls):
        polls.after()
        polls.after(days=31)
        client = _client(polls.connection)
        [found] = client.get("/v1/alarms?open=true").json()["items"]
        assert (found["code"], found["connection_id"]) == ("import_needed", polls.connection.pk)
        agreed = client.post(f"/v1/alarms/{found['id']}/agree")
        assert (agreed.status_code, agreed.json()["agreed_by"]) == (200, "API key Test")
        assert client.post(f"/v1/alarms/{found['id']}/agree").status_code == 409
        assert client.get("/v1/alarms?open=false").json()["items"] == []

    def test_shows_the_last_poll_at_the_connection(self, polls, event):
        client = _client(polls.connection)
        assert client.get("/v1/connections").json()["items"][0]["catch_up"] == {
            "last_poll_at": None,
            "missed_events": 0,
            "last_error": "",
            "alarms": [],
        }
        event()
        polls.after(minutes=2)
        shown = client.get(f"/v1/connections/{polls.connection.pk}").json()["catch_up"]
        assert shown["last_poll_at"] is not None and shown["missed_events"] == 1
        [stored] = client.get("/v1/events?source=polled").json()["items"]
        assert (stored["source"], stored["webhook_at"]) == ("polled", None)


def test_the_metrics_show_age_missed_events_and_alarms(polls, event, client):
    event()
    polls.after()
    polls.after(days=31)
    text = client.get("/metrics").content.decode()
    name = polls.connection.pk
    assert f'flexsync_missed_events_total{{connection="{name}"}} 0.0' in text
    assert f'flexsync_alarms{{code="import_needed",connection="{name}"}} 1.0' in text
    assert f'flexsync_event_poll_age_seconds{{connection="{name}"}}' in text


def _client(connection):
    _, text = environments.create_api_key(environment=connection.environment, name="Test", scope="write")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client
