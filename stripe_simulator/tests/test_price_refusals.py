"""What prices refuse, and what archived ones still do."""

import pytest
import stripe

from . import factories
from .subscriptions import subscribe


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
        plan, thing = (
            factories.price(client, active=False),
            factories.price(client, interval=None, active=False),
        )
        with pytest.raises(stripe.InvalidRequestError, match="only accepts active prices"):
            subscribe(client, plan)
        with pytest.raises(stripe.InvalidRequestError, match="only accepts active prices"):
            client.v1.invoices.add_lines(
                factories.draft(client).id, {"lines": [{"pricing": {"price": thing.id}}]}
            )

    def test_that_was_archived_still_follows_a_quantity(self, client):
        thing = factories.price(client, 300, interval=None)
        draft = client.v1.invoices.add_lines(
            factories.draft(client).id, {"lines": [{"pricing": {"price": thing.id}}]}
        )
        client.v1.prices.update(thing.id, {"active": False})
        change = {"lines": [{"id": draft.lines.data[0].id, "quantity": 3}]}
        assert client.v1.invoices.update_lines(draft.id, change).total == 900
