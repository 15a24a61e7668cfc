"""Amounts that Stripe refuses."""

import pytest

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
