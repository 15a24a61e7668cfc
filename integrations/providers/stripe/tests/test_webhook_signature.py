"""What the webhook accepts, and its exact message about what it refuses."""

import json
from datetime import UTC, datetime

import pytest
from stripe import WebhookSignature

from billing.models import Environment
from integrations.errors import InvalidSignature, Rejected
from integrations.providers.stripe.webhook import open_webhook
from integrations.testing import make_connection, store

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SECRET, OTHER = "whsec_first", "whsec_second"
EVENT = {
    "id": "evt_1",
    "object": "event",
    "type": "customer.created",
    "created": 1761998400,
    "api_version": "2026-10-28.endive",
    "livemode": False,
    "data": {"object": {"id": "cus_1", "object": "customer"}},
}


def signed(body, secret=SECRET, age=0):
    """The header as Stripe's own library makes it."""
    return WebhookSignature.generate_signature_header(body, secret, int(NOW.timestamp()) - age)


def opened(event=EVENT, header=None, secrets=(SECRET, OTHER), **how):
    body = event if isinstance(event, str) else json.dumps(event)
    header = signed(body, **how) if header is None else header
    return open_webhook({"Stripe-Signature": header}, body.encode(), secrets, NOW)


def test_a_verified_event_is_opened():
    envelope = opened()
    assert (envelope.event_id, envelope.type, envelope.object_id) == ("evt_1", "customer.created", "cus_1")
    assert envelope.created == datetime(2025, 11, 1, 12, tzinfo=UTC)
    assert (envelope.api_version, envelope.livemode, envelope.secret_index) == ("2026-10-28.endive", False, 0)
    assert envelope.payload == EVENT


def test_it_says_which_secret_verified_it():
    assert opened(secret=OTHER).secret_index == 1


def test_one_good_signature_of_several_is_enough():
    body = json.dumps(EVENT)
    header = f"{signed(body)},v1={'0' * 64},v0=ignored"
    assert opened(header=header).secret_index == 0


@pytest.mark.parametrize("age", [300, 0, -300])
def test_five_minutes_either_way_are_allowed(age):
    assert opened(age=age).event_id == "evt_1"


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"age": 301}, "The signature is too old: made 301 s ago, 300 s are allowed."),
        ({"age": -301}, "The signature is from the future: by 301 s. Check this server's clock."),
        ({"secret": "whsec_x"}, "None of the connection's signing secrets made this signature."),
        ({"secrets": ()}, "None of the connection's signing secrets made this signature."),
        ({"header": ""}, "The Stripe-Signature header is missing."),
    ],
)
def test_an_unverified_sender_gets_the_reason(how, message):
    with pytest.raises(InvalidSignature) as refusal:
        opened(**how)
    assert str(refusal.value) == message


@pytest.mark.parametrize(
    "header",
    ["nonsense", "t=,v1=a", "t=1761998400", "v1=abc", "t=x,v1=a", "t=-5,v1=a", "t=1,t=2,v1=a", "t=²,v1=a"],
)
def test_a_malformed_header_is_refused(header):
    with pytest.raises(InvalidSignature, match="malformed: it needs one t=<seconds> and a v1=<hex>"):
        opened(header=header)


def test_odd_characters_in_a_signature_are_no_match():
    with pytest.raises(InvalidSignature, match="None of"):
        opened(header=f"t={int(NOW.timestamp())},v1=\udcffé")


def test_a_changed_body_is_refused():
    body = json.dumps(EVENT)
    with pytest.raises(InvalidSignature):
        opened(event=body + " ", header=signed(body))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("not json", "The body is not JSON."),
        ("[" * 100_000, "The body is nested too deeply."),
        (json.dumps({**EVENT, "amount": float("nan")}), "The body is not JSON."),
        ("[]", "The body is not an event object."),
        ({"object": "v2.core.event", "id": "evt_1"}, "thin event"),
        ({**EVENT, "object": "charge"}, "The body is not an event object."),
        ({**EVENT, "id": ""}, "The body is not an event object: no id."),
        ({**EVENT, "data": {}}, "The body is not an event object: no data."),
        ({**EVENT, "data": {"object": "x"}}, "The event has no data.object."),
        ({**EVENT, "created": "soon"}, "The event's created is not a time in seconds."),
        ({**EVENT, "created": 10**15}, "The event's created is not a time in seconds."),
    ],
)
def test_a_verified_body_that_is_no_event_is_rejected(body, message):
    with pytest.raises(Rejected, match=message.replace(".", r"\.")):
        opened(event=body)


def test_a_payload_without_an_object_id_is_taken():
    event = {**EVENT, "data": {"object": {"object": "balance"}}}
    assert opened(event=event).object_id == ""


def test_the_payload_is_stored_as_it_came():
    body = json.dumps(EVENT, indent=2)
    assert opened(event=body).text == body


@pytest.mark.parametrize(
    ("sent", "kept"), [("a\0b", "a\ufffdb"), ("a\ud800b", "a\ufffdb"), ("\U0001f600", "\U0001f600")]
)
@pytest.mark.django_db
def test_text_that_postgresql_does_not_take_loses_no_event(sent, kept):
    envelope = opened(event={**EVENT, "data": {"object": {"id": "cus_1", "name": sent}}})
    connection = make_connection(Environment.objects.create(name="Here").id, "stripe")
    assert store(connection, envelope, NOW).payload["data"]["object"]["name"] == kept
