"""What coupons allow."""

import pytest
import stripe

from . import factories


def coupon(client, **params):
    return client.v1.coupons.create({"percent_off": 50, **params})


class TestACoupon:
    def test_can_be_for_some_products_only(self, client):
        lamp, rug = factories.price(client, 1000, interval=None), factories.price(client, 400, interval=None)
        half = coupon(client, applies_to={"products": [lamp.product]})
        draft = factories.draft(client, discounts=[{"coupon": half.id}])
        lines = [{"pricing": {"price": lamp.id}}, {"pricing": {"price": rug.id}}]
        assert client.v1.invoices.add_lines(draft.id, {"lines": lines}).total == 900
        shown = client.v1.coupons.retrieve(half.id, {"expand": ["applies_to"]})
        assert shown.applies_to.products == [lamp.product]

    def test_can_have_an_amount_in_each_currency(self, client):
        options = {"currency_options": {"eur": {"amount_off": 90}}}
        off = client.v1.coupons.create({"amount_off": 100, "currency": "usd", **options})
        given = {"discounts": [{"coupon": off.id}]}
        assert factories.draft(client, 1000, currency="eur", **given).total == 910
        with pytest.raises(stripe.InvalidRequestError, match="differs from gbp"):
            factories.draft(client, 1000, currency="gbp", **given)

    def test_is_valid_until_its_day(self, client, server):
        late = coupon(client, redeem_by=factories.customer(client).created + 60)
        server.advance_clock(61)
        assert not client.v1.coupons.retrieve(late.id).valid

    @pytest.mark.parametrize(
        "params",
        [{"duration": "repeating"}, {"duration_in_months": 2}, {"max_redemptions": 0}, {"percent_off": 101}],
    )
    def test_needs_terms_that_make_sense(self, client, params):
        with pytest.raises(stripe.InvalidRequestError):
            coupon(client, **params)
