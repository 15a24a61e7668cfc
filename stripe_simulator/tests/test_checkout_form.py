"""The fields of the checkout page beside the card."""

import httpx

from . import factories


def item(amount, **params):
    data = {"currency": "usd", "unit_amount": amount, "product_data": {"name": "Thing"}}
    return {"price_data": data, "quantity": 1, **params}


class TestAPromotionCode:
    def test_typed_on_the_page_lowers_the_total_and_is_counted_once_paid(self, client, server):
        coupon = client.v1.coupons.create({"amount_off": 300, "currency": "usd"})
        promotion = {"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "SPRING"}
        code = client.v1.promotion_codes.create(promotion)
        session = factories.session(client, 1000, allow_promotion_codes=True)
        for typed, status in (("WINTER", 400), ("spring", 200)):
            assert httpx.post(session.url, data={"promotion": "apply", "code": typed}).status_code == status
        assert client.v1.promotion_codes.retrieve(code.id).times_redeemed == 0
        server.pay_checkout_session(session.id)
        paid = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
        assert (paid.total_details.amount_discount, paid.payment_intent.amount) == (300, 700)
        assert paid.discounts[0].promotion_code == code.id
        assert client.v1.promotion_codes.retrieve(code.id).times_redeemed == 1


class TestTheForm:
    def test_is_shown_again_with_errors_for_what_is_missing(self, client, server):
        fields = [{"key": "size", "label": {"type": "custom", "custom": "Size"}, "type": "text"}]
        session = factories.session(
            client,
            custom_fields=fields,
            customer_creation="always",
            tax_id_collection={"enabled": True},
            phone_number_collection={"enabled": True},
        )
        assert server.pay_checkout_session(session.id).status_code == 400
        form = {"field_size": "XL", "phone": "+49 1", "tax_id": "DE123456789", "tax_id_type": "eu_vat"}
        assert server.pay_checkout_session(session.id, **form).status_code == 303
        done = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["customer.tax_ids"]})
        assert (done.custom_fields[0].text.value, done.customer_details.phone) == ("XL", "+49 1")
        assert done.customer.tax_ids.data[0].value == done.customer_details.tax_ids[0].value == "DE123456789"

    def test_needs_no_card_when_nothing_is_due(self, client, server):
        session = factories.session(client, line_items=[item(0)])
        assert server.pay_checkout_session(session.id, card="").status_code == 303
        assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "no_payment_required"
