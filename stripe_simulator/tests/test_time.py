"""What happens as time passes: on the simulator's clock and on test clocks."""

import pytest
import stripe

from . import made

DAY = 86400


def subscribe(client, card="pm_card_visa", **params):
    owner = made.customer_with_card(client, card)
    items = [{"price": made.price(client).id}]
    return client.v1.subscriptions.create({"customer": owner.id, "items": items, **params})


def again(client, subscription):
    return client.v1.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})


class TestARenewal:
    def test_makes_an_invoice_and_collects_it_an_hour_later(self, client, server):
        subscription = subscribe(client)
        end = subscription["items"].data[0].current_period_end
        server.advance_clock(31 * DAY + 60)
        renewed = again(client, subscription)
        assert renewed["items"].data[0].current_period_start == end
        assert renewed.latest_invoice.billing_reason == "subscription_cycle"
        assert renewed.latest_invoice.created == end
        server.advance_clock(DAY)
        invoice = again(client, subscription).latest_invoice
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
        late = again(client, subscription)
        assert (late.status, late.latest_invoice.attempt_count) == ("past_due", 1)
        server.advance_clock(16 * DAY)
        ended = again(client, subscription)
        assert (ended.status, ended.latest_invoice.attempt_count) == ("canceled", 4)
        assert ended.cancellation_details.reason == "payment_failed"

    def test_does_not_happen_after_cancellation_at_period_end(self, client, server):
        subscription = subscribe(client)
        client.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
        server.advance_clock(32 * DAY)
        assert again(client, subscription).status == "canceled"
        assert len(client.v1.invoices.list({"customer": subscription.customer}).data) == 1

    @pytest.mark.parametrize(
        ("behavior", "status"),
        [("keep_as_draft", "draft"), ("void", "void"), ("mark_uncollectible", "uncollectible")],
    )
    def test_of_a_paused_collection_is_not_collected(self, client, server, behavior, status):
        subscription = subscribe(client)
        client.v1.subscriptions.update(subscription.id, {"pause_collection": {"behavior": behavior}})
        server.advance_clock(32 * DAY)
        assert again(client, subscription).latest_invoice.status == status


class TestATrial:
    def test_ends_with_a_notice_and_an_invoice(self, client, server):
        subscription = subscribe(client, trial_period_days=14)
        assert again(client, subscription).latest_invoice.total == 0
        server.advance_clock(12 * DAY)
        assert made.event_types(client).count("customer.subscription.trial_will_end") == 1
        server.advance_clock(3 * DAY)
        after = again(client, subscription)
        assert (after.status, after.latest_invoice.total) == ("active", 1000)

    @pytest.mark.parametrize(("behavior", "status"), [("cancel", "canceled"), ("pause", "paused")])
    def test_without_payment_method_ends_as_asked(self, client, server, behavior, status):
        items = [{"price": made.price(client).id}]
        settings = {"end_behavior": {"missing_payment_method": behavior}}
        params = {"items": items, "trial_period_days": 2, "trial_settings": settings}
        subscription = client.v1.subscriptions.create({"customer": made.customer(client).id, **params})
        server.advance_clock(3 * DAY)
        assert again(client, subscription).status == status


class TestOtherThings:
    def test_expire(self, client, server):
        session = made.session(client)
        server.advance_clock(DAY + 1)
        assert client.v1.checkout.sessions.retrieve(session.id).status == "expired"
        assert made.event_types(client)[-1] == "checkout.session.expired"

    def test_advance_by_themselves(self, client, server):
        invoice = made.draft(client, 500, auto_advance=True)
        assert invoice.automatically_finalizes_at == invoice.created + 3600
        server.advance_clock(3601)
        assert client.v1.invoices.retrieve(invoice.id).status == "open"

    def test_stay_incomplete_for_23_hours(self, client, server):
        subscription = subscribe(client, payment_behavior="default_incomplete")
        server.advance_clock(23 * 3600 + 1)
        expired = again(client, subscription)
        assert (expired.status, expired.latest_invoice.status) == ("incomplete_expired", "void")


class TestATestClock:
    def test_moves_its_own_customers_only(self, client):
        start = 1_800_000_000
        clock = client.v1.test_helpers.test_clocks.create({"frozen_time": start})
        owner = client.v1.customers.create({"test_clock": clock.id})
        other = subscribe(client)
        items = [{"price": made.price(client).id}]
        params = {"items": items, "collection_method": "send_invoice", "days_until_due": 7}
        mine = client.v1.subscriptions.create({"customer": owner.id, **params})
        assert (mine.created, mine.test_clock) == (start, clock.id)
        clock = client.v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": start + 40 * DAY})
        assert (clock.status, clock.frozen_time) == ("ready", start + 40 * DAY)
        assert again(client, mine).latest_invoice.billing_reason == "subscription_cycle"
        assert again(client, other).latest_invoice.billing_reason == "subscription_create"

    def test_advances_by_two_intervals_at_most(self, client):
        clock = client.v1.test_helpers.test_clocks.create({"frozen_time": 1_800_000_000})
        owner = client.v1.customers.create({"test_clock": clock.id})
        params = {"items": [{"price": made.price(client).id}], "trial_period_days": 7}
        client.v1.subscriptions.create({"customer": owner.id, **params})
        advance = client.v1.test_helpers.test_clocks.advance
        with pytest.raises(stripe.InvalidRequestError, match="two intervals"):
            advance(clock.id, {"frozen_time": 1_800_000_000 + 70 * DAY})
        assert advance(clock.id, {"frozen_time": 1_800_000_000 + 60 * DAY}).status == "ready"
        advancing = client.v1.events.list({"type": "test_helpers.test_clock.advancing"}).data[0].data.object
        assert advancing.status_details.advancing.target_frozen_time == 1_800_000_000 + 60 * DAY

    def test_never_runs_backwards(self, client):
        clock = client.v1.test_helpers.test_clocks.create({"frozen_time": 1_800_000_000})
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": 1_700_000_000})

    def test_takes_its_customers_with_it(self, client):
        clock = client.v1.test_helpers.test_clocks.create({"frozen_time": 1_800_000_000})
        owner = client.v1.customers.create({"test_clock": clock.id})
        client.v1.test_helpers.test_clocks.delete(clock.id)
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.customers.retrieve(owner.id)
