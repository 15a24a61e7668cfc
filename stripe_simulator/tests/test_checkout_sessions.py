"""What Checkout Sessions allow and refuse."""

import pytest
import stripe

from . import factories


def item(amount, **params):
    data = {"currency": "usd", "unit_amount": amount, "product_data": {"name": "Thing"}}
    return {"price_data": data, "quantity": 1, **params}


class TestASession:
    def test_adds_taxes_by_rate_and_keeps_the_card(self, client, server):
        rate = client.v1.tax_rates.create({"display_name": "VAT", "percentage": 20, "inclusive": False})
        session = factories.session(
            client,
            line_items=[item(1000, tax_rates=[rate.id])],
            payment_intent_data={"setup_future_usage": "off_session"},
        )
        assert (session.amount_total, session.total_details.amount_tax) == (1200, 200)
        server.pay_checkout_session(session.id)
        owner = client.v1.checkout.sessions.retrieve(session.id).customer
        assert len(client.v1.customers.payment_methods.list(owner).data) == 1

    @pytest.mark.parametrize(
        ("params", "param"),
        [
            ({"line_items": [item(20)]}, None),
            ({"allow_promotion_codes": True, "discounts": [{"coupon": "x"}]}, "allow_promotion_codes"),
            ({"shipping_options": [{"shipping_rate": "shr_x"}]}, "shipping_options"),
            ({"subscription_data": {"description": "x"}}, "subscription_data"),
            ({"mode": "setup"}, "line_items"),
            ({"customer_update": {"name": "auto"}}, "customer_update"),
        ],
    )
    def test_refuses_what_contradicts(self, client, params, param):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            factories.session(client, **params)
        assert caught.value.param == param

    def test_that_is_embedded_has_a_secret_instead_of_a_url(self, client):
        params = {"mode": "payment", "ui_mode": "embedded_page", "return_url": "https://example.com/"}
        session = client.v1.checkout.sessions.create(params | {"line_items": [item(1000)]})
        assert session.url is None and session.client_secret.startswith(session.id)
