"""Renewals and ends of trials, on the simulator's clock."""

import pytest

from .subscriptions import DAY, refetched, subscribe


class TestARenewal:
    def test_creates_an_invoice_and_collects_it_an_hour_later(self, client, server):
        subscription = subscribe(client)
        end = subscription["items"].data[0].current_period_end
        server.advance_clock(31 * DAY + 60)
        renewed = refetched(client, subscription)
        assert renewed["items"].data[0].current_period_start == end
        assert renewed.latest_invoice.billing_reason == "subscription_cycle"
        assert renewed.latest_invoice.created == end
        server.advance_clock(DAY)
        invoice = refetched(client, subscription).latest_invoice
        assert (invoice.status, invoice.amount_paid) == ("paid", 1000)
        assert invoice.status_transitions.finalized_at == end + 3600

    def test_happens_once_a_month_for_a_year(self, client, server):
        subscription = subscribe(client)
        server.advance_clock(365 * DAY + 7200)
        invoices = list(client.v1.invoices.list({"customer": subscription.customer}).auto_paging_iter())
        assert len(invoices) == 13
        assert {invoice.status for invoice in invoices} == {"paid"}

    def test_that_cannot_be_paid_is_retried_and_ends_it(self, client, server):
        subscription = subscribe(client)
        method = client.v1.payment_methods.attach(
            "pm_card_chargeCustomerFail", {"customer": subscription.customer}
        )
        client.v1.subscriptions.update(subscription.id, {"default_payment_method": method.id})
        server.advance_clock(32 * DAY)
        late = refetched(client, subscription)
        assert (late.status, late.latest_invoice.attempt_count) == ("past_due", 1)
        server.advance_clock(16 * DAY)
        ended = refetched(client, subscription)
        assert (ended.status, ended.latest_invoice.attempt_count) == ("canceled", 4)
        assert ended.cancellation_details.reason == "payment_failed"

    def test_does_not_happen_after_cancellation_at_period_end(self, client, server):
        subscription = subscribe(client)
        client.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
        server.advance_clock(32 * DAY)
        assert refetched(client, subscription).status == "canceled"
        assert len(client.v1.invoices.list({"customer": subscription.customer}).data) == 1

    @pytest.mark.parametrize(
        ("behavior", "status"),
        [("keep_as_draft", "draft"), ("void", "void"), ("mark_uncollectible", "uncollectible")],
    )
    def test_of_a_paused_collection_is_not_collected(self, client, server, behavior, status):
        subscription = subscribe(client)
        client.v1.subscriptions.update(subscription.id, {"pause_collection": {"behavior": behavior}})
        server.advance_clock(32 * DAY)
        assert refetched(client, subscription).latest_invoice.status == status
