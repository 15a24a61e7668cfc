"""Paused subscriptions."""

import pytest
import stripe

from . import factories
from .subscriptions import DAY, refetched, subscribe, subscription_events


def trial_without_card(client, server):
    settings = {"end_behavior": {"missing_payment_method": "pause"}}
    owner = factories.customer(client)
    subscription = subscribe(client, owner=owner, trial_period_days=2, trial_settings=settings)
    server.advance_clock(3 * DAY)
    return owner, refetched(client, subscription)


class TestAPausedSubscription:
    def test_emits_events_and_creates_no_invoices(self, client, server):
        subscription = subscribe(client)
        since = len(factories.event_types(client))
        paused = client.v1.subscriptions.pause(subscription.id)
        assert (paused.status, paused.status_details.paused.subscription.type) == (
            "paused",
            "pause_requested",
        )
        assert subscription_events(client, since) == ["updated", "paused"]
        server.advance_clock(70 * DAY)
        assert len(client.v1.invoices.list({"customer": paused.customer}).data) == 1
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.subscriptions.pause(subscription.id)

    def test_that_resumes_begins_a_period_that_is_paid_at_once(self, client, server):
        subscription = client.v1.subscriptions.pause(subscribe(client).id)
        server.advance_clock(70 * DAY)
        since = len(factories.event_types(client))
        resumed = client.v1.subscriptions.resume(subscription.id, {"expand": ["latest_invoice"]})
        assert (resumed.status, resumed.status_details) == ("active", None)
        assert (resumed.latest_invoice.status, resumed.latest_invoice.amount_paid) == ("paid", 1000)
        assert resumed["items"].data[0].current_period_start == resumed.billing_cycle_anchor
        assert subscription_events(client, since)[:2] == ["updated", "resumed"]

    def test_may_resume_without_a_new_billing_date(self, client, server):
        subscription = client.v1.subscriptions.pause(subscribe(client).id)
        server.advance_clock(5 * DAY)
        params = {"billing_cycle_anchor": {"type": "unchanged"}}
        resumed = client.v1.subscriptions.resume(subscription.id, params)
        assert (resumed.status, resumed.billing_cycle_anchor) == ("active", subscription.billing_cycle_anchor)
        assert resumed.latest_invoice == subscription.latest_invoice

    def test_is_past_due_when_its_payment_fails(self, client, server):
        subscription = subscribe(client)
        card = {"customer": subscription.customer}
        method = client.v1.payment_methods.attach("pm_card_chargeCustomerFail", card)
        client.v1.subscriptions.update(subscription.id, {"default_payment_method": method.id})
        client.v1.subscriptions.pause(subscription.id)
        assert client.v1.subscriptions.resume(subscription.id).status == "past_due"

    def test_stays_paused_until_it_is_paid(self, client, server):
        _, subscription = trial_without_card(client, server)
        assert subscription.status_details.paused.subscription.type == "trial_end_without_payment_method"
        assert client.v1.subscriptions.resume(subscription.id).status == "paused"
        client.v1.invoices.pay(
            refetched(client, subscription).latest_invoice.id, {"payment_method": "pm_card_visa"}
        )
        assert refetched(client, subscription).status == "active"

    def test_stays_paused_when_unpaid_for_a_day(self, client, server):
        _, subscription = trial_without_card(client, server)
        client.v1.subscriptions.resume(subscription.id)
        server.advance_clock(DAY)
        after = refetched(client, subscription)
        assert (after.status, after.latest_invoice.status) == ("paused", "void")

    def test_that_is_not_paused_cannot_resume(self, client):
        with pytest.raises(stripe.InvalidRequestError, match="You can only resume"):
            client.v1.subscriptions.resume(subscribe(client).id)
