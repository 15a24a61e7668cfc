"""A valid signature is answered by 200 or 400, whatever it signs; and what was stored can be read again."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from integrations.inbox import processing
from integrations.models import InboundEvent
from integrations.providers.stripe.testing import golden
from integrations.providers.stripe.webhook import HEADER, signature
from integrations.testing import SECRET

CUSTOMER = golden("customer_created__full")
DEEP = 0
for _ in range(100):
    DEEP = [DEEP]


def post(body):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    at = str(int(timezone.now().timestamp()))
    headers = {HEADER: f"t={at},v1={signature(at, raw, SECRET)}"}
    path = "/v1/integrations/stripe/webhook"
    return Client(raise_request_exception=False).post(
        path, raw, content_type="application/json", headers=headers
    )


def with_number(text):
    """The customer with a field that is this number, as it stands."""
    return json.dumps(CUSTOMER | {"odd": "NUMBER"}).replace('"NUMBER"', text).encode()


@pytest.fixture(autouse=True)
def _connected(connection):
    """Every test here needs the connection."""


@pytest.mark.parametrize(
    "number", ["1e999", "-1e999", "1e-999", "1e-20000", "1" * 5000, f"0.{'0' * 500}1", "NaN"]
)
def test_a_number_beyond_all_range_is_refused(number):
    answer = post(with_number(number))
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(
        ("The body has a number beyond all range", "The body is not JSON.")
    )


@pytest.mark.parametrize("number", ["1e308", "-0.0", "1e-300", "0e999", "1" * 4000, "12.5", "1E+2"])
def test_any_other_number_is_stored_and_can_be_read(number):
    assert post(with_number(number)).status_code == 200
    assert processing.process_due(timezone.now(), 10).done == 1
    assert InboundEvent.objects.get().state == "applied"


@pytest.mark.parametrize(
    ("odd", "answer"),
    [(DEEP, 400), ([DEEP], 400), (DEEP[0], 200), ([[]] * 200, 200), (["["] * 200, 200)],
    ids=["too deep", "deeper", "as deep as can be", "broad", "brackets in texts"],
)
def test_what_is_too_deep_is_refused(odd, answer):
    assert post(CUSTOMER | {"odd": odd}).status_code == answer
    assert InboundEvent.objects.count() == (answer == 200)


@pytest.mark.parametrize(
    "fields",
    [{"id": 7}, {"id": ["evt_1"]}, {"type": {"a": "b"}}, {"created": 1.5}, {"created": -1}, {"data": 5}],
)
def test_what_is_no_event_is_refused(fields):
    assert post(CUSTOMER | fields).status_code == 400


@pytest.mark.parametrize("event_id", ["evt_" + "9" * 300, "evt_\0", "evt_\ud800", "evt_é\udfff"])
def test_an_id_that_no_column_takes_is_stored_once(event_id):
    first, again = post(CUSTOMER | {"id": event_id}), post(CUSTOMER | {"id": event_id})
    other = post(CUSTOMER | {"id": event_id + "1"})
    assert [one.status_code for one in (first, again, other)] == [200, 200, 200]
    assert first.json()["id"] == again.json()["id"] != other.json()["id"]


@pytest.mark.parametrize("odd", ["a\0b", "\ud800", "x" * 300, 5, None, [], {}])
@pytest.mark.parametrize("name", ["type", "api_version", "livemode", "request", "pending_webhooks"])
def test_an_odd_envelope_settles(name, odd):
    answer = post(CUSTOMER | {name: odd})
    assert answer.status_code in (200, 400), answer.content
    processing.process_due(timezone.now() + timedelta(seconds=1), 10)
    assert not InboundEvent.objects.filter(state="pending").exists()
