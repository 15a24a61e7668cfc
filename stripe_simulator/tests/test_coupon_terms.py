"""What coupons and promotion codes allow."""

import pytest
import stripe

from . import made
from .subscribed import DAY, again, subscribe


def coupon(client, **params):
    return client.v1.coupons.create({"percent_off": 50, **params})


def code(client, for_coupon, **params):
    promotion = {"type": "coupon", "coupon": for_coupon.id}
    return client.v1.promotion_codes.create({"promotion": promotion, **params})


class TestACoupon:
    def test_can_be_for_some_products_only(self, client):
        lamp, rug = made.price(client, 1000, interval=None), made.price(client, 400, interval=None)
        half = coupon(client, applies_to={"products": [lamp.product]})
        draft = made.draft(client, discounts=[{"coupon": half.id}])
        lines = [{"pricing": {"price": lamp.id}}, {"pricing": {"price": rug.id}}]
        assert client.v1.invoices.add_lines(draft.id, {"lines": lines}).total == 900
        shown = client.v1.coupons.retrieve(half.id, {"expand": ["applies_to"]})
        assert shown.applies_to.products == [lamp.product]

    def test_can_have_an_amount_in_each_currency(self, client):
        options = {"currency_options": {"eur": {"amount_off": 90}}}
        off = client.v1.coupons.create({"amount_off": 100, "currency": "usd", **options})
        given = {"discounts": [{"coupon": off.id}]}
        assert made.draft(client, 1000, currency="eur", **given).total == 910
        with pytest.raises(stripe.InvalidRequestError, match="differs from gbp"):
            made.draft(client, 1000, currency="gbp", **given)

    def test_is_valid_until_its_day(self, client, server):
        late = coupon(client, redeem_by=made.customer(client).created + 60)
        server.advance_clock(61)
        assert not client.v1.coupons.retrieve(late.id).valid

    @pytest.mark.parametrize(
        "params",
        [{"duration": "repeating"}, {"duration_in_months": 2}, {"max_redemptions": 0}, {"percent_off": 101}],
    )
    def test_needs_terms_that_make_sense(self, client, params):
        with pytest.raises(stripe.InvalidRequestError):
            coupon(client, **params)


class TestAPromotionCode:
    def test_can_ask_for_a_first_transaction(self, client):
        first = code(client, coupon(client), restrictions={"first_time_transaction": True})
        owner = made.customer(client)
        given = {"discounts": [{"promotion_code": first.id}]}
        assert made.draft(client, 1000, owner=owner, **given).total == 500
        client.v1.invoices.pay(made.open_invoice(client, 100, owner=owner).id, {"paid_out_of_band": True})
        with pytest.raises(stripe.InvalidRequestError, match="prior transactions"):
            made.draft(client, 1000, owner=owner, **given)

    def test_can_ask_for_an_amount(self, client):
        least = {"restrictions": {"minimum_amount": 800, "minimum_amount_currency": "usd"}}
        given = {"discounts": [{"promotion_code": code(client, coupon(client), **least).id}]}
        assert subscribe(client, made.price(client, 800), **given).discounts == []
        with pytest.raises(stripe.InvalidRequestError, match="at least 800"):
            subscribe(client, made.price(client, 799), **given)

    def test_allows_no_more_than_its_coupon(self, client):
        some = coupon(client, max_redemptions=3)
        with pytest.raises(stripe.InvalidRequestError) as caught:
            code(client, some, max_redemptions=4)
        assert caught.value.param == "max_redemptions"

    def test_is_not_active_once_its_coupon_is_used_up(self, client):
        some = coupon(client, max_redemptions=1)
        word = code(client, some)
        made.draft(client, discounts=[{"coupon": some.id}])
        assert not client.v1.promotion_codes.retrieve(word.id).active
        assert client.v1.promotion_codes.list({"active": True}).data == []


class TestADiscountOfASubscription:
    def test_for_once_lowers_the_first_invoice_only(self, client, server):
        subscription = subscribe(client, discounts=[{"coupon": coupon(client).id}], expand=["latest_invoice"])
        assert (subscription.discounts, subscription.latest_invoice.total) == ([], 500)
        server.advance_clock(32 * DAY)
        assert again(client, subscription).latest_invoice.total == 1000

    def test_for_once_waits_for_the_end_of_a_trial(self, client, server):
        given = [{"coupon": coupon(client).id}]
        subscription = subscribe(client, discounts=given, trial_period_days=7)
        server.advance_clock(8 * DAY)
        assert again(client, subscription).latest_invoice.total == 500

    def test_for_some_months_ends(self, client, server):
        two = coupon(client, duration="repeating", duration_in_months=2)
        subscription = subscribe(client, discounts=[{"coupon": two.id}])
        assert len(subscription.discounts) == 1
        totals = [again(client, subscription).latest_invoice.total]
        told = made.event_types(client)
        for _ in range(3):
            server.advance_clock(31 * DAY)
            totals.append(again(client, subscription).latest_invoice.total)
            told += made.event_types(client)
        assert totals == [500, 500, 1000, 1000]
        assert again(client, subscription).discounts == []
        assert [type for type in told if "discount" in type] == [
            "customer.discount.created",
            "customer.discount.deleted",
        ]

    def test_for_ever_can_be_taken_away(self, client, server):
        subscription = subscribe(client, discounts=[{"coupon": coupon(client, duration="forever").id}])
        assert client.v1.subscriptions.update(subscription.id, {"discounts": ""}).discounts == []
        server.advance_clock(32 * DAY)
        assert again(client, subscription).latest_invoice.total == 1000

    def test_of_everything_needs_no_payment_method(self, client):
        free = coupon(client, percent_off=100)
        subscription = subscribe(client, owner=made.customer(client), discounts=[{"coupon": free.id}])
        assert subscription.status == "active"

    def test_of_one_item_leaves_the_others(self, client):
        items = [
            {"price": made.price(client, 1000).id, "discounts": [{"coupon": coupon(client).id}]},
            {"price": made.price(client, 300).id},
        ]
        owner = made.customer_with_card(client)
        params = {"customer": owner.id, "items": items, "expand": ["latest_invoice"]}
        assert client.v1.subscriptions.create(params).latest_invoice.total == 800

    def test_is_not_used_when_the_subscription_is_refused(self, client):
        half = coupon(client)
        with pytest.raises(stripe.InvalidRequestError):
            subscribe(client, owner=made.customer(client), discounts=[{"coupon": half.id}])
        assert client.v1.coupons.retrieve(half.id).times_redeemed == 0
