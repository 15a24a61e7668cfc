"""How subscriptions are cancelled."""

import pytest
import stripe

from . import factories
from .subscriptions import DAY, refetched, subscribe, subscription_events


class TestCancellation:
    def test_at_the_end_of_the_period_can_be_taken_back(self, client, server):
        subscription = subscribe(client)
        since = len(factories.event_types(client))
        for at_end in (True, False):
            params = {"cancel_at_period_end": at_end, "cancellation_details": {"feedback": "unused"}}
            changed = client.v1.subscriptions.update(subscription.id, params)
            assert (changed.status, changed.cancel_at_period_end) == ("active", at_end)
        assert subscription_events(client, since) == ["updated", "updated"]
        assert (changed.cancellation_details.feedback, changed.cancellation_details.reason) == (
            "unused",
            None,
        )
        server.advance_clock(33 * DAY)
        assert refetched(client, subscription).latest_invoice.billing_reason == "subscription_cycle"

    def test_at_the_end_of_the_period_emits_deleted_then(self, client, server):
        subscription = subscribe(client)
        client.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
        server.advance_clock(33 * DAY)
        assert subscription_events(client, -1) == ["deleted"]
        ended = refetched(client, subscription)
        assert ended.ended_at == subscription["items"].data[0].current_period_end

    def test_stops_collection_of_what_is_open(self, client, server):
        subscription = subscribe(client)
        owner = client.v1.customers.retrieve(subscription.customer)
        invoice = factories.draft(client, 500, owner=owner, auto_advance=True)
        client.v1.customers.update(owner.id, {"invoice_settings": {"default_payment_method": ""}})
        client.v1.invoices.finalize_invoice(invoice.id)
        client.v1.subscriptions.cancel(subscription.id)
        assert client.v1.invoices.retrieve(invoice.id).auto_advance is False

    def test_leaves_only_metadata_and_details_to_change(self, client):
        subscription = client.v1.subscriptions.cancel(subscribe(client).id)
        params = {"metadata": {"a": "b"}, "cancellation_details": {"comment": "too late"}}
        changed = client.v1.subscriptions.update(subscription.id, params)
        assert (changed.metadata["a"], changed.cancellation_details.comment) == ("b", "too late")
        assert changed.canceled_at == subscription.canceled_at
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.subscriptions.update(subscription.id, {"description": "x"})
