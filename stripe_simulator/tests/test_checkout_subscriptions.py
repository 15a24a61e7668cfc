"""Checkout Sessions in mode `subscription`."""

import pytest
import stripe

from . import factories

CHALLENGED = "4000 0025 0000 3155"


def subscribing(client, *items, **params):
    lines = [{"price": item.id, "quantity": 1} for item in items or (factories.price(client, 2000),)]
    given = {"mode": "subscription", "line_items": lines, "success_url": "https://example.com/done"}
    return client.v1.checkout.sessions.create(given | params)


def done(client, session):
    paths = ["subscription", "invoice", "customer"]
    return client.v1.checkout.sessions.retrieve(session.id, {"expand": paths})


class TestASession:
    def test_creates_a_paid_subscription_for_a_new_customer(self, client, server):
        fee = factories.price(client, 500, interval=None)
        session = subscribing(
            client, factories.price(client, 2000), fee, subscription_data={"metadata": {"a": "b"}}
        )
        assert (session.amount_total, session.payment_status) == (2500, "unpaid")
        assert server.pay_checkout_session(session.id).status_code == 303
        session = done(client, session)
        assert (session.status, session.payment_status, session.invoice.total) == ("complete", "paid", 2500)
        assert (session.subscription.status, session.subscription.metadata["a"]) == ("active", "b")
        assert session.customer.email == "payer@example.com"
        card = client.v1.customers.payment_methods.list(session.customer.id).data[0].id
        assert session.subscription.default_payment_method == card
        assert factories.event_types(client)[-1] == "checkout.session.completed"

    def test_stays_open_after_a_decline_and_subscribes_once(self, client, server):
        session = subscribing(client)
        assert server.pay_checkout_session(session.id, "4000000000000002").status_code == 402
        assert done(client, session).status == "open"
        server.pay_checkout_session(session.id)
        assert len(client.v1.subscriptions.list({"status": "all"}).data) == 1
        assert len(client.v1.customers.list().data) == 1

    @pytest.mark.parametrize(("passed", "status"), [(True, "complete"), (False, "open")])
    def test_may_need_authentication(self, client, server, passed, status):
        session = subscribing(client)
        response = server.pay_checkout_session(session.id, CHALLENGED)
        server.answer_challenge(response.headers["location"].rsplit("/")[-1], passed)
        assert done(client, session).status == status

    def test_sets_the_card_up_for_a_trial(self, client, server):
        session = subscribing(client, subscription_data={"trial_period_days": 7})
        assert session.amount_total == 0
        response = server.pay_checkout_session(session.id, CHALLENGED)
        server.answer_challenge(response.headers["location"].rsplit("/")[-1])
        session = done(client, session)
        assert (session.payment_status, session.subscription.status) == ("no_payment_required", "trialing")
        server.advance_clock(8 * 86400)
        renewed = client.v1.subscriptions.retrieve(session.subscription.id, {"expand": ["latest_invoice"]})
        assert (renewed.status, renewed.latest_invoice.total) == ("active", 2000)

    def test_needs_no_card_for_a_trial_if_configured_so(self, client, server):
        data = {"subscription_data": {"trial_period_days": 7}, "payment_method_collection": "if_required"}
        session = subscribing(client, **data)
        assert server.pay_checkout_session(session.id, card="").status_code == 303
        assert done(client, session).subscription.status == "trialing"

    def test_takes_a_discount(self, client, server):
        coupon = client.v1.coupons.create({"percent_off": 25, "duration": "forever"})
        session = subscribing(client, discounts=[{"coupon": coupon.id}])
        assert (session.amount_subtotal, session.amount_total) == (2000, 1500)
        server.pay_checkout_session(session.id)
        assert done(client, session).invoice.total == 1500
        assert client.v1.coupons.retrieve(coupon.id).times_redeemed == 1

    def test_is_active_while_a_debit_is_under_way(self, client, server):
        session = subscribing(client)
        server.pay_checkout_session(session.id, "000123456789")
        begun = done(client, session)
        assert (begun.status, begun.payment_status, begun.subscription.status) == (
            "complete",
            "unpaid",
            "active",
        )
        server.advance_clock(5 * 86400)
        assert done(client, session).payment_status == "paid"
        assert "checkout.session.async_payment_succeeded" in factories.event_types(client)

    def test_of_a_customer_on_a_test_clock_lives_by_it(self, client, server):
        clock = client.v1.test_helpers.test_clocks.create({"frozen_time": 1_500_000_000})
        owner = factories.customer(client, test_clock=clock.id)
        paid, left = (subscribing(client, customer=owner.id) for _ in range(2))
        # Real time is long after their end.
        server.advance_clock(1)
        assert server.pay_checkout_session(paid.id).status_code == 303
        assert done(client, paid).subscription.created == 1_500_000_000
        client.v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": 1_500_000_000 + 25 * 3600})
        assert done(client, left).status == "expired"

    def test_needs_something_recurring(self, client):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            subscribing(client, factories.price(client, 500, interval=None))
        assert caught.value.param == "line_items"
