"""Prices in more than one currency."""

import pytest
import stripe

from . import factories
from .subscriptions import subscribe

OPTIONS = {"currency_options": {"eur": {"unit_amount": 900}}}


class TestAPriceWithOptions:
    def test_shows_them_when_expanded(self, client):
        price = factories.price(client, 1000, **OPTIONS)
        shown = client.v1.prices.retrieve(price.id, {"expand": ["currency_options"]}).currency_options
        amounts = {name: option["unit_amount"] for name, option in shown.to_dict().items()}
        assert amounts == {"usd": 1000, "eur": 900}

    def test_costs_its_amount_in_the_currency_of_the_invoice(self, client):
        price = factories.price(client, 1000, interval=None, **OPTIONS)
        line = {"pricing": {"price": price.id}, "quantity": 2}
        for currency, total in (("usd", 2000), ("eur", 1800)):
            draft = factories.draft(client, currency=currency)
            assert client.v1.invoices.add_lines(draft.id, {"lines": [line]}).total == total
        with pytest.raises(stripe.InvalidRequestError, match="is in usd, but the invoice is in gbp"):
            client.v1.invoices.add_lines(factories.draft(client, currency="gbp").id, {"lines": [line]})

    def test_is_subscribed_to_in_the_requested_currency(self, client):
        price = factories.price(client, 1000, **OPTIONS)
        subscription = subscribe(client, price, currency="eur", expand=["latest_invoice"])
        assert (subscription.currency, subscription.latest_invoice.total) == ("eur", 900)
        assert subscription.latest_invoice.currency == "eur"

    def test_can_get_another_one_later(self, client):
        price = factories.price(client, 1000, **OPTIONS)
        params = {"currency_options": {"gbp": {"unit_amount": 800}}, "expand": ["currency_options"]}
        shown = client.v1.prices.update(price.id, params).currency_options
        assert set(shown.to_dict()) == {"usd", "eur", "gbp"}
