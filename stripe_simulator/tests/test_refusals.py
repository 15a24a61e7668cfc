"""What else Stripe refuses and forgets, with its error codes."""

import pytest
import stripe

from . import factories


def refusal(call, *arguments):
    """Return code and parameter of the error that a call must raise."""
    with pytest.raises(stripe.InvalidRequestError) as caught:
        call(*arguments)
    return caught.value.code, caught.value.param


class TestACheckoutSession:
    def test_owns_its_payment(self, client, server):
        session = factories.session(client)
        server.pay_checkout_session(session.id, "4000000000000002")
        intent = client.v1.payment_intents.list().data[0]
        code, _ = refusal(client.v1.payment_intents.cancel, intent.id)
        assert code == "payment_intent_unexpected_state"


class TestACoupon:
    def test_can_be_redeemed_as_often_as_its_limit(self, client):
        coupon = client.v1.coupons.create({"percent_off": 10, "max_redemptions": 1})
        factories.draft(client, discounts=[{"coupon": coupon.id}])
        assert client.v1.coupons.retrieve(coupon.id).valid is False
        params = {"customer": factories.customer(client).id, "discounts": [{"coupon": coupon.id}]}
        assert refusal(client.v1.invoices.create, params) == ("coupon_expired", "discounts[0][coupon]")

    def test_can_be_redeemed_until_its_day(self, client, server):
        coupon = client.v1.coupons.create(
            {"percent_off": 10, "redeem_by": factories.customer(client).created + 60}
        )
        server.advance_clock(120)
        params = {"customer": factories.customer(client).id, "discounts": [{"coupon": coupon.id}]}
        assert refusal(client.v1.invoices.create, params)[0] == "coupon_expired"


class TestAnEvent:
    def test_is_forgotten_after_thirty_days(self, client, server):
        factories.customer(client)
        event = client.v1.events.list().data[0]
        server.advance_clock(31 * 86400)
        assert refusal(client.v1.events.retrieve, event.id)[0] == "resource_missing"


class TestAnInlinePrice:
    def test_is_in_no_list(self, client):
        invoice = factories.draft(client)
        data = {"currency": "usd", "unit_amount": 5, "product_data": {"name": "Thing"}}
        invoice = client.v1.invoices.add_lines(invoice.id, {"lines": [{"price_data": data}]})
        named = invoice.lines.data[0].pricing.price_details.price
        assert client.v1.prices.list().data == []
        assert client.v1.prices.retrieve(named).active is False
