"""Replay by filter, and the dry run that shows the difference it would make."""

import dataclasses
from datetime import timedelta

import pytest
from django.db import connection as database
from django.utils import timezone

from billing.errors import Conflict, Invalid
from billing.facts import CustomerFacts
from billing.models import Customer
from billing.services.customers import customers
from billing.services.invoices import invoices
from integrations.inbox import replays, retention
from integrations.inbox.outcomes import DIES
from integrations.inbox.snapshots import Difference
from integrations.models import EntityMapping, InboundEvent, OutboundSync
from integrations.provider_api import Route
from integrations.testing import make_connection, receive, registered, store
from integrations.tests import acme
from integrations.tests.factories import finalized_invoice
from integrations.tests.test_inbox import NOON, event

REFUSED = "Billing refused the change: "


def through_the_service(inbound, payload):
    """Acme's person becomes a customer."""
    customer_id = inbound.entity_id_of("customer", payload["id"])
    if customer_id is None:
        made = customers.create(
            environment_id=inbound.environment_id,
            facts=CustomerFacts(name=payload["name"]),
            origin=inbound.connection_id,
        )
        inbound.link("customer", made.pk, payload["id"])
    else:
        customers.update(
            environment_id=inbound.environment_id,
            customer_id=customer_id,
            changes={"name": payload["name"]},
            origin=inbound.connection_id,
        )


@pytest.fixture
def connection(environment, server):
    """A connection whose handler is ``through_the_service``, but for persons in trouble."""

    def handler(inbound, payload):
        trouble = payload.get("trouble") or payload.get("rank")
        return (acme.on_person if trouble else through_the_service)(inbound, payload)

    route = Route(handler, switch="customer_inbound_enabled")
    with registered(dataclasses.replace(acme.provider(server), routes={"person.changed": route})):
        yield make_connection(environment.id, "acme")


def stored(connection, *envelopes):
    """The events, received and not yet applied."""
    return [store(connection, one) for one in envelopes]


def outcome(dry_run):
    return dry_run.outcome, dry_run.reason


class TestChoosing:
    def test_asks_for_at_least_one_filter(self, db):
        with pytest.raises(Invalid, match="Say which events"):
            replays.choose({"state": "", "after": "evt_1"})

    @pytest.mark.parametrize(
        ("filters", "numbers"),
        [
            ({"state": "dead"}, ["evt_2"]),
            ({"type": "moon.risen"}, ["evt_3"]),
            ({"object_id": "peo_8"}, ["evt_3"]),
            ({"received_after": NOON + timedelta(hours=1)}, ["evt_3"]),
            ({"received_before": NOON + timedelta(hours=1)}, ["evt_1", "evt_2"]),
            ({"created_after": NOON + timedelta(hours=1)}, ["evt_2"]),
            ({"created_before": NOON + timedelta(hours=1), "state": "applied"}, ["evt_1"]),
        ],
    )
    def test_narrows_by_every_filter_given(self, connection, filters, numbers):
        receive(connection, event(1), NOON)
        receive(connection, event(2, trouble="rejected", at=NOON + timedelta(hours=1)), NOON)
        receive(connection, event(3, type="moon.risen", id="peo_8"), NOON + timedelta(hours=1))
        InboundEvent.objects.filter(state="pending").update(state="applied", settled_at=NOON)
        InboundEvent.objects.filter(provider_event_id="evt_3").update(received_at=NOON + timedelta(hours=1))
        InboundEvent.objects.exclude(provider_event_id="evt_3").update(received_at=NOON)
        found = replays.choose(filters).rows.values_list("provider_event_id", flat=True)
        assert list(found) == numbers

    def test_counts_what_was_pruned_apart(self, connection):
        old, young = (receive(connection, event(number)) for number in (1, 2))
        InboundEvent.objects.filter(pk=old.pk).update(settled_at=timezone.now() - timedelta(days=91))
        retention.prune(timezone.now(), days=90)
        chosen = replays.choose({"connection_id": connection.id})
        assert (list(chosen.rows), chosen.pruned) == ([young], 1)


class TestReplaying:
    def test_goes_from_batch_to_batch(self, connection, monkeypatch):
        monkeypatch.setattr(replays, "BATCH", 2)
        rows = [receive(connection, event(n, trouble="rejected")).pk for n in range(5)]
        batches = list(replays.replay(replays.choose({"state": "dead"})))
        assert batches == [rows[:2], rows[2:4], rows[4:]]
        assert set(InboundEvent.objects.values_list("state", flat=True)) == {"pending"}

    def test_stops_at_the_most_and_goes_on_after_it(self, connection):
        rows = [receive(connection, event(n)).pk for n in range(3)]
        first = list(replays.replay(replays.choose({"type": "person.changed"}), limit=2))
        rest = list(replays.replay(replays.choose({"type": "person.changed", "after": rows[1]}), limit=2))
        assert (first, rest) == ([rows[:2]], [rows[2:]])

    def test_leaves_replayed_what_is_when_it_is_stopped(self, connection, monkeypatch):
        monkeypatch.setattr(replays, "BATCH", 1)
        for number in range(2):
            receive(connection, event(number, trouble="rejected"))
        batches = replays.replay(replays.choose({"state": "dead"}))
        next(batches)
        batches.close()
        assert sorted(InboundEvent.objects.values_list("state", flat=True)) == ["dead", "pending"]

    def test_of_a_pruned_event_says_why_not(self, connection):
        row = receive(connection, event())
        InboundEvent.objects.update(payload={}, pruned_at=NOON)
        row.refresh_from_db()
        for act in (replays.replay_one, replays.preview_one):
            with pytest.raises(Conflict, match="The payload was pruned on 2026-01-01") as refusal:
                act(row, timezone.now())
            assert refusal.value.code == "event_pruned"


class TestADryRun:
    def test_shows_what_would_change_and_changes_nothing(
        self, connection, django_capture_on_commit_callbacks
    ):
        receive(connection, event(1, "Grace"))
        listening = make_connection(connection.environment_id, "acme", name="Another")
        customer = Customer.objects.get()
        [row] = stored(connection, event(2, "Ada"))
        with django_capture_on_commit_callbacks() as callbacks:
            dry_run = replays.preview_one(row, timezone.now())
        assert outcome(dry_run) == ("applied", "")
        assert dry_run.differences == [Difference("customer", customer.pk, "name", "Grace", "Ada")]
        assert (callbacks, OutboundSync.objects.filter(connection=listening).count()) == ([], 0)
        customer.refresh_from_db()
        row.refresh_from_db()
        assert (customer.name, row.state, row.attempts) == ("Grace", "pending", 0)

    def test_shows_what_a_service_changes_without_announcing_it(self, connection, server):
        invoice = finalized_invoice(connection.environment)
        links = {"hosted_invoice_url": "https://acme.example/1", "pdf_url": ""}

        def handler(inbound, _payload):
            invoices.set_links(environment_id=inbound.environment_id, invoice_id=invoice.id, **links)

        routes = {"person.changed": Route(handler)}
        with registered(dataclasses.replace(acme.provider(server), routes=routes)):
            [row] = stored(connection, event())
            dry_run = replays.preview_one(row, timezone.now())
        url = Difference("invoice", invoice.id, "hosted_invoice_url", "", links["hosted_invoice_url"])
        assert dry_run.differences == [url]
        invoice.refresh_from_db()
        assert invoice.hosted_invoice_url == ""

    def test_does_not_show_ids_that_will_be_others(self, connection):
        [row] = stored(connection, event())
        dry_run = replays.preview_one(row, timezone.now())
        assert dry_run.differences == [
            Difference("customer", None, "name", None, "Grace"),
            Difference("customer", None, "status", None, "active"),
            Difference("mapping", "peo_9", "entity_id", None, "<new customer>"),
        ]
        assert (Customer.objects.count(), EntityMapping.objects.count()) == (0, 0)

    def test_of_what_is_known_changes_nothing(self, connection):
        row = receive(connection, event())
        dry_run = replays.preview_one(row, timezone.now())
        assert (outcome(dry_run), dry_run.differences) == (("applied", ""), [])

    @pytest.mark.parametrize(
        ("data", "expected"),
        [
            ({"trouble": "retry"}, ("retry", f"waits for something {DIES}")),
            ({"trouble": "rejected"}, ("dead", "never")),
            ({"trouble": "bug"}, ("retry", f"KeyError: 'bug' {DIES}")),
            ({"type": "moon.risen"}, ("ignored", "no handler for moon.risen")),
            (
                {"name": "a" * 5001},
                ("dead", f"{REFUSED}name: Ensure this value has at most 5000 characters (it has 5001)."),
            ),
        ],
    )
    def test_says_how_it_would_end(self, connection, data, expected):
        [row] = stored(connection, event(**data))
        dry_run = replays.preview_one(row, timezone.now())
        assert (outcome(dry_run), dry_run.differences) == (expected, [])
        assert (Customer.objects.count(), EntityMapping.objects.count()) == (0, 0)

    def test_is_made_of_each_event_by_itself(self, connection):
        stored(connection, event(1, "Grace"), event(2, "Ada"))
        now, chosen = timezone.now(), replays.choose({"state": "pending"})
        names = [one.differences[0].after for one in replays.preview(chosen, now)]
        assert names == ["Grace", "Ada"]

    def test_shows_no_more_than_it_should(self, connection, monkeypatch):
        monkeypatch.setattr(replays, "MAX_PREVIEWED", 1)
        stored(connection, event(1), event(2))
        assert len(replays.preview(replays.choose({"state": "pending"}), timezone.now())) == 1

    @pytest.mark.django_db(transaction=True)
    def test_holds_nothing_afterwards(self, connection):
        [row] = stored(connection, event(trouble="rejected"))
        replays.preview_one(row, timezone.now())
        with database.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
            )
            assert cursor.fetchone() == (0,)
