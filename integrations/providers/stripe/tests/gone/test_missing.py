"""Which object an error of Stripe's says is gone."""

import pytest
import stripe

from integrations.providers.stripe.missing import kind, object_id

ELSEWHERE = "No such customer: 'cus_1'; a similar object exists in test mode, but a live mode key was used."


def error(message, code="resource_missing", param="id", status=404):
    body = {"error": {"message": message, "code": code, "param": param, "type": "invalid_request_error"}}
    return stripe.InvalidRequestError(message, param, code=code, http_status=status, json_body=body)


@pytest.mark.parametrize(
    ("params", "target"),
    [
        ({}, "cus_1"),
        ({"limit": 100}, "cus_1/txi_1"),
        ({"customer": "cus_1"}, ""),
        ({"items": [{"price": "price_1"}, {"price": "cus_1"}]}, "sub_1"),
    ],
)
def test_it_is_what_the_message_names(params, target):
    assert object_id(error("No such customer: 'cus_1'"), params, target) == "cus_1"


@pytest.mark.parametrize(
    "failure",
    [
        error(ELSEWHERE),
        error("No such customer: 'cus_other'"),
        error("Unrecognized request URL (GET: /v1/customer/cus_1).", code=None),
        error("No such customer: 'cus_1'", code="parameter_invalid"),
        error("It is missing."),
    ],
)
def test_it_is_nothing_where_that_is_not_clear(failure):
    assert object_id(failure, {"customer": "cus_1"}, "cus_1") == ""


@pytest.mark.parametrize(
    ("noun", "expected"),
    [
        ("customer", "customer"),
        ("product", "plan"),
        ("price", "price"),
        ("payment_intent", "payment"),
        ("coupon", ""),
    ],
)
def test_its_kind_is_what_the_message_calls_it(noun, expected):
    assert kind(error(f"No such {noun}: 'x_1'")) == expected


def test_a_subscription_that_has_ended_is_gone():
    failure = error("A canceled subscription can only ...", "invalid_canceled_subscription_fields", "", 400)
    assert object_id(failure, {"cancel_at_period_end": True}, "sub_1") == "sub_1"
    assert kind(failure) == "subscription"
