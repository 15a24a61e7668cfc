"""Amounts that Stripe refuses."""

import pytest

from . import factories
from .payments import refused


class TestAnAmount:
    @pytest.mark.parametrize(
        ("amount", "currency", "message"),
        [
            (49, "usd", "Amount must be at least $0.50 usd"),
            (29, "GBP", "Amount must be at least £0.30 gbp"),
            (49, "jpy", "Amount must be at least ¥50 jpy"),
            (17499, "huf", "Amount must be at least 175.00 Ft huf"),
        ],
    )
    def test_below_its_currencys_minimum_is_refused(self, client, amount, currency, message):
        params = {"amount": amount, "currency": currency}
        error = refused(client.v1.payment_intents.create, params)
        assert (error.code, error.param, error.message) == ("amount_too_small", "amount", message)
        assert client.v1.payment_intents.create(params | {"amount": amount + 1}).amount == amount + 1

    @pytest.mark.parametrize(("amount", "currency"), [(1001, "bhd"), (15, "TND"), (150, "isk"), (501, "ugx")])
    def test_whose_last_digits_must_be_0_is_refused_otherwise(self, client, amount, currency):
        params = {"amount": amount, "currency": currency}
        error = refused(client.v1.payment_intents.create, params)
        assert (error.code, error.param) == ("parameter_invalid_integer", "amount")
        whole = amount * 100
        assert client.v1.payment_intents.create(params | {"amount": whole}).amount == whole

    def test_cannot_be_lowered_below_it(self, client):
        waiting = client.v1.payment_intents.create({"amount": 500, "currency": "eur"})
        error = refused(client.v1.payment_intents.update, waiting.id, {"amount": 49})
        assert error.code == "amount_too_small"

    def test_beyond_reason_is_refused(self, client):
        for amount, code in ((100_000_000, "amount_too_large"), (10**30, "parameter_invalid_integer")):
            assert (
                refused(client.v1.payment_intents.create, {"amount": amount, "currency": "usd"}).code == code
            )

    @pytest.mark.parametrize(
        ("most", "currency", "shown"),
        [(99_999_999, "usd", "$999,999.99"), (99_999_999, "jpy", "¥99,999,999"),
         (99_999_990, "kwd", "99,999.999 KWD"), (999_999_999_999, "idr", "9,999,999,999.99 IDR")],
    )  # fmt: skip
    def test_has_eight_digits_at_most_and_twelve_in_rupiah(self, client, most, currency, shown):
        assert client.v1.payment_intents.create({"amount": most, "currency": currency}).amount == most
        error = refused(client.v1.payment_intents.create, {"amount": most + 10, "currency": currency})
        assert (error.code, error.param) == ("amount_too_large", "amount")
        assert error.message == f"Amount must be no more than {shown}"
        waiting = client.v1.payment_intents.create({"amount": 10_000_00, "currency": currency})
        assert refused(client.v1.payment_intents.update, waiting.id, {"amount": most + 10}).code == error.code

    def test_of_a_price_is_refused_by_name(self, client):
        product = client.v1.products.create({"name": "Ship"}).id
        common = {"product": product, "currency": "usd"}
        large, tier = 100_000_000, {"up_to": "inf", "unit_amount": 100_000_000}
        for given, param in (
            ({"unit_amount": large}, "unit_amount"),
            ({"unit_amount_decimal": "100000000.5"}, "unit_amount"),
            ({"unit_amount": 1, "currency_options": {"eur": {"unit_amount": large}}},
             "currency_options[eur][unit_amount]"),
            ({"billing_scheme": "tiered", "tiers_mode": "volume", "tiers": [tier]}, "tiers[0][unit_amount]"),
        ):  # fmt: skip
            error = refused(client.v1.prices.create, common | given)
            assert (error.code, error.param) == ("amount_too_large", param)
        exact = client.v1.prices.create(common | {"unit_amount_decimal": "99999999.999999999999"})
        assert str(exact.unit_amount_decimal) == "99999999.999999999999"

    def test_of_a_line_is_refused_by_name(self, client):
        invoice = factories.draft(client)
        for given, param in (
            ({"amount": 100_000_000}, "lines[0][amount]"),
            ({"amount": -100_000_000}, "lines[0][amount]"),
        ):
            error = refused(client.v1.invoices.add_lines, invoice.id, {"lines": [given]})
            assert (error.code, error.param) == ("amount_too_large", param)
        item = {"customer": invoice.customer, "currency": "usd", "amount": 100_000_000}
        assert refused(client.v1.invoice_items.create, item).param == "amount"
        item = {"customer": invoice.customer, "currency": "usd", "unit_amount_decimal": "100000000"}
        assert refused(client.v1.invoice_items.create, item).param == "unit_amount_decimal"

    def test_that_a_session_adds_up_to_is_refused(self, client):
        assert factories.session(client, 99_999_999).amount_total == 99_999_999
        item = {"price": factories.price(client, 50_000_000, None).id, "quantity": 2}
        error = refused(lambda: factories.session(client, line_items=[item]))
        assert error.code == "amount_too_large"
