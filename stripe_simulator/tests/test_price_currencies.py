"""Prices in more than one currency."""

import pytest
import stripe

from . import made
from .subscribed import subscribe

OPTIONS = {"currency_options": {"eur": {"unit_amount": 900}}}


class TestAPriceWithOptions:
    def test_shows_them_when_expanded(self, client):
        price = made.price(client, 1000, **OPTIONS)
        shown = client.v1.prices.retrieve(price.id, {"expand": ["currency_options"]}).currency_options
        amounts = {name: option["unit_amount"] for name, option in shown.to_dict().items()}
        assert amounts == {"usd": 1000, "eur": 900}

    def test_costs_what_it_says_in_the_currency_of_the_invoice(self, client):
        price = made.price(client, 1000, interval=None, **OPTIONS)
        line = {"pricing": {"price": price.id}, "quantity": 2}
        for currency, total in (("usd", 2000), ("eur", 1800)):
            draft = made.draft(client, currency=currency)
            assert client.v1.invoices.add_lines(draft.id, {"lines": [line]}).total == total
        with pytest.raises(stripe.InvalidRequestError, match="is in usd, but the invoice is in gbp"):
            client.v1.invoices.add_lines(made.draft(client, currency="gbp").id, {"lines": [line]})

    def test_is_subscribed_to_in_the_currency_asked_for(self, client):
        price = made.price(client, 1000, **OPTIONS)
        subscription = subscribe(client, price, currency="eur", expand=["latest_invoice"])
        assert (subscription.currency, subscription.latest_invoice.total) == ("eur", 900)
        assert subscription.latest_invoice.currency == "eur"

    def test_can_get_another_one_later(self, client):
        price = made.price(client, 1000, **OPTIONS)
        params = {"currency_options": {"gbp": {"unit_amount": 800}}, "expand": ["currency_options"]}
        shown = client.v1.prices.update(price.id, params).currency_options
        assert set(shown.to_dict()) == {"usd", "eur", "gbp"}


class TestAPrice:
    @pytest.mark.parametrize(
        ("params", "param"),
        [
            ({"currency": "zzz"}, "currency"),
            ({"unit_amount_decimal": "5"}, "unit_amount"),
            ({"recurring": {"interval": "month", "interval_count": 37}}, "recurring[interval_count]"),
        ],
    )
    def test_refuses_what_stripe_refuses(self, client, params, param):
        product = client.v1.products.create({"name": "Plan"})
        whole = {"product": product.id, "currency": "usd", "unit_amount": 5, **params}
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.prices.create(whole)
        assert caught.value.param == param

    def test_that_is_archived_sells_nothing_new(self, client):
        plan, thing = made.price(client, active=False), made.price(client, interval=None, active=False)
        with pytest.raises(stripe.InvalidRequestError, match="only accepts active prices"):
            subscribe(client, plan)
        with pytest.raises(stripe.InvalidRequestError, match="only accepts active prices"):
            client.v1.invoices.add_lines(made.draft(client).id, {"lines": [{"pricing": {"price": thing.id}}]})

    def test_that_was_archived_still_follows_a_quantity(self, client):
        thing = made.price(client, 300, interval=None)
        draft = client.v1.invoices.add_lines(
            made.draft(client).id, {"lines": [{"pricing": {"price": thing.id}}]}
        )
        client.v1.prices.update(thing.id, {"active": False})
        change = {"lines": [{"id": draft.lines.data[0].id, "quantity": 3}]}
        assert client.v1.invoices.update_lines(draft.id, change).total == 900
