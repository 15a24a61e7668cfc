"""Subscriptions."""

from datetime import UTC, datetime

import httpx
import pytest
import stripe

from stripe_simulator.periods import period_end

from . import made


def subscribe(client, *prices, owner=None, **params):
    items = [{"price": price.id} for price in prices or (made.price(client),)]
    owner = owner or made.customer_with_card(client)
    return client.v1.subscriptions.create({"customer": owner.id, "items": items, **params})


class TestASubscription:
    def test_has_a_period_per_item(self, client):
        monthly, yearly = made.price(client), made.price(client, 9000, "year")
        subscription = subscribe(client, monthly, yearly)
        month, year = subscription["items"].data
        assert subscription.status == "active"
        assert year.current_period_end - month.current_period_end > 300 * 86400
        assert "current_period_end" not in subscription

    def test_may_start_with_a_trial(self, client):
        subscription = subscribe(client, trial_period_days=14)
        assert subscription.status == "trialing"
        assert subscription.trial_end == subscription["items"].data[0].current_period_end

    def test_ends_now_when_cancelled(self, client):
        subscription = client.v1.subscriptions.cancel(subscribe(client).id)
        assert (subscription.status, bool(subscription.ended_at)) == ("canceled", True)
        assert made.event_types(client)[-1] == "customer.subscription.deleted"
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.subscriptions.cancel(subscription.id)

    def test_may_end_with_its_period_and_change_its_mind(self, client):
        subscription = client.v1.subscriptions.update(subscribe(client).id, {"cancel_at_period_end": True})
        assert subscription.cancel_at == subscription["items"].data[0].current_period_end
        subscription = client.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": False})
        assert (subscription.cancel_at, subscription.canceled_at) == (None, None)

    def test_changes_its_plan_and_quantity(self, client):
        subscription = subscribe(client)
        item, other = subscription["items"].data[0].id, made.price(client, 5000)
        change = {"items": [{"id": item, "price": other.id, "quantity": 3}]}
        subscription = client.v1.subscriptions.update(subscription.id, change)
        changed = subscription["items"].data[0]
        assert (changed.id, changed.price.id, changed.quantity) == (item, other.id, 3)

    def test_is_listed_by_status(self, client):
        kept, ended = subscribe(client), subscribe(client)
        client.v1.subscriptions.cancel(ended.id)
        listed = client.v1.subscriptions.list
        assert [one.id for one in listed()] == [kept.id]
        assert [one.id for one in listed({"status": "canceled"})] == [ended.id]
        assert len(listed({"status": "all"}).data) == 2
        assert [one.id for one in listed({"customer": kept.customer})] == [kept.id]

    def test_refuses_one_time_prices_and_no_items(self, client):
        with pytest.raises(stripe.InvalidRequestError, match="one_time"):
            subscribe(client, made.price(client, interval=None))
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.subscriptions.create({"customer": made.customer(client).id})


class TestASubscriptionItem:
    def test_can_be_added_changed_and_removed(self, client):
        subscription, other = subscribe(client), made.price(client, 300)
        item = client.v1.subscription_items.create({"subscription": subscription.id, "price": other.id})
        assert client.v1.subscription_items.update(item.id, {"quantity": 4}).quantity == 4
        assert len(client.v1.subscription_items.list({"subscription": subscription.id}).data) == 2
        assert client.v1.subscription_items.delete(item.id).deleted
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.subscription_items.delete(subscription["items"].data[0].id)


class TestThePortal:
    def test_ends_a_subscription_with_its_period(self, client):
        subscription = subscribe(client)
        params = {"customer": subscription.customer, "return_url": "https://example.com/account"}
        session = client.v1.billing_portal.sessions.create(params)
        assert subscription.id in httpx.get(session.url).text
        httpx.post(session.url, data={"subscription": subscription.id, "choice": "cancel"})
        assert client.v1.subscriptions.retrieve(subscription.id).cancel_at_period_end
        httpx.post(session.url, data={"subscription": subscription.id, "choice": "keep"})
        assert not client.v1.subscriptions.retrieve(subscription.id).cancel_at_period_end


class TestTheFirstInvoice:
    def test_is_paid_at_once(self, client):
        subscription = subscribe(client, expand=["latest_invoice"])
        invoice = subscription.latest_invoice
        assert (invoice.status, invoice.total, invoice.billing_reason) == (
            "paid",
            1000,
            "subscription_create",
        )
        assert invoice.parent.subscription_details.subscription == subscription.id
        line = invoice.lines.data[0]
        assert line.parent.subscription_item_details.subscription_item == subscription["items"].data[0].id
        assert line.period.end == subscription["items"].data[0].current_period_end

    def test_makes_it_active_by_an_update(self, client):
        subscribe(client)
        updates = client.v1.events.list({"type": "customer.subscription.updated"}).data
        assert updates[0].data.previous_attributes["status"] == "incomplete"

    def test_needs_a_payment_method(self, client):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            subscribe(client, owner=made.customer(client))
        assert caught.value.code == "resource_missing"
        assert client.v1.subscriptions.list({"status": "all"}).data == []

    def test_may_be_paid_later(self, client, server):
        owner = made.customer(client)
        subscription = subscribe(client, owner=owner, payment_behavior="default_incomplete")
        assert subscription.status == "incomplete"
        server.pay_invoice(subscription.latest_invoice)
        assert client.v1.subscriptions.retrieve(subscription.id).status == "active"

    def test_that_declines_leaves_it_incomplete_or_refuses_it(self, client):
        owner = made.customer_with_card(client, "pm_card_chargeCustomerFail")
        assert subscribe(client, owner=owner).status == "incomplete"
        with pytest.raises(stripe.CardError):
            subscribe(client, owner=owner, payment_behavior="error_if_incomplete")
        assert len(client.v1.subscriptions.list({"status": "all"}).data) == 1

    def test_that_is_sent_waits_as_a_draft(self, client):
        owner = made.customer(client)
        subscription = subscribe(client, owner=owner, collection_method="send_invoice", days_until_due=7)
        assert subscription.status == "active"
        assert client.v1.invoices.retrieve(subscription.latest_invoice).status == "draft"


class TestAPeriod:
    @pytest.mark.parametrize(
        ("anchor", "start", "interval", "count", "end"),
        [
            ("2026-01-31", "2026-01-31", "month", 1, "2026-02-28"),
            ("2026-01-31", "2026-02-28", "month", 1, "2026-03-31"),
            ("2024-02-29", "2024-02-29", "year", 1, "2025-02-28"),
            ("2026-11-30", "2026-11-30", "month", 3, "2027-02-28"),
            ("2026-01-01", "2026-01-01", "week", 2, "2026-01-15"),
            ("2026-01-01", "2026-01-10", "day", 1, "2026-01-11"),
        ],
    )
    def test_keeps_the_day_of_its_anchor(self, anchor, start, interval, count, end):
        assert period_end(at(anchor), at(start), interval, count) == at(end)


def at(day):
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())
