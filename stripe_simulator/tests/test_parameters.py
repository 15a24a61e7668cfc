"""Parameters are checked by the SDK's own types, at any depth."""

import pytest
import stripe

from . import factories


def refused(client, call, params):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        call(params)
    return caught.value


class TestAParameter:
    @pytest.mark.parametrize(
        ("params", "param", "code"),
        [
            ({"emial": "a@b.c"}, "emial", "parameter_unknown"),
            ({"address": {"street": "x"}}, "address[street]", "parameter_unknown"),
            ({"balance": "ten"}, "balance", "parameter_invalid_integer"),
            ({"balance": ""}, "balance", "parameter_invalid_empty"),
            ({"tax_exempt": "maybe"}, "tax_exempt", None),
            ({"validate": "yes"}, "validate", None),
            ({"address": "Main street"}, "address", None),
            ({"shipping": {"name": "Ada"}}, "shipping[address]", "parameter_missing"),
            ({"preferred_locales": "de"}, "preferred_locales", None),
            ({"metadata": "x"}, "metadata", None),
        ],
    )
    def test_is_refused_by_name(self, client, params, param, code):
        error = refused(client, client.v1.customers.create, params)
        assert (error.param, error.code, error.http_status) == (param, code, 400)
        assert client.v1.customers.list().data == []

    def test_is_refused_inside_a_list_of_a_list(self, client):
        invoice = factories.draft(client)
        tax = {"amount": 1, "taxable_amount": 5, "tax_rate_data": {"display_name": "V", "inclusive": False}}
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.invoices.add_lines(invoice.id, {"lines": [{"amount": 5, "tax_amounts": [tax]}]})
        assert caught.value.param == "lines[0][tax_amounts][0][tax_rate_data][percentage]"

    def test_that_left_the_api_is_unknown(self, client):
        params = {"amount": 100, "currency": "usd", "payment_method_types": ["card"]}
        error = refused(client, client.v1.payment_intents.create, params)
        assert error.param == "payment_method_types"

    def test_of_the_client_never_travels_as_one(self, client):
        invoice = factories.draft(client)
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.raw_request("post", f"/v1/invoices/{invoice.id}/finalize", idempotency_keys="x")
        assert caught.value.param == "idempotency_keys"

    def test_that_is_missing_is_named(self, client):
        error = refused(client, client.v1.products.create, {"description": "x"})
        assert (error.param, error.code) == ("name", "parameter_missing")
        assert str(error).endswith("Missing required param: name.")

    def test_error_links_to_its_documentation(self, client):
        error = refused(client, client.v1.customers.create, {"emial": "a"})
        assert error.error.doc_url == "https://docs.stripe.com/error-codes#parameter-unknown"
        assert error.request_id in error.error.request_log_url
