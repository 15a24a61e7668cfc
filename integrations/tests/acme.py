"""Acme, a provider made of plain functions."""

import hashlib
import hmac
import json
import os
import signal
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from billing.events import Kind
from billing.facts import CustomerFacts
from billing.models import Customer, Plan
from billing.services.customers import customers
from integrations.errors import InvalidSignature, Rejected, Retry
from integrations.provider_api import (
    FOREVER,
    Envelope,
    Gateway,
    HostedPage,
    IdempotencyKeys,
    Ignored,
    Inbound,
    Json,
    Outbound,
    Payments,
    Provider,
    Push,
    Recovery,
    Registration,
    Route,
    Webhooks,
    registry,
)
from integrations.tests.acme_server import Server

TOLERANCE = 300


def push_customer(outbound: Outbound) -> None:
    """Three steps, so that a worker can die between them."""
    customer = Customer.objects.get(pk=outbound.entity_id)
    person_id = outbound.provider_id_of(Kind.CUSTOMER, customer.id)
    facts = {"name": customer.name, "email": customer.email}
    if person_id is None:
        person_id = make_person(outbound, "create", customer.id)
    else:
        outbound.skip("create", "they have it already")
        outbound.once("update", "people.update", facts, target=person_id)
    outbound.once(
        "tag", "tags.create", {"of": person_id}, annotate=lambda tag: {"tag": tag["id"], "sent": "digest"}
    )
    outbound.once("welcome", "letters.create", {"to": person_id})


def push_plan(outbound: Outbound) -> None:
    """Needs a person to exist at Acme first: the customer whose id is the plan's name."""
    customer_id = Plan.objects.get(pk=outbound.entity_id).name
    person = outbound.provider_id_of(Kind.CUSTOMER, customer_id) or make_person(
        outbound, "person", customer_id
    )
    outbound.once("offer", "offers.create", {"to": person}, link=(Kind.PLAN, outbound.entity_id))


def make_person(outbound: Outbound, step: str, customer_id: str) -> str:
    """Creates the customer's person at Acme; returns its id."""
    customer = Customer.objects.get(pk=customer_id)
    facts = {"name": customer.name, "email": customer.email}
    return str(outbound.once(step, "people.create", facts, link=(Kind.CUSTOMER, customer_id))["id"])


def on_person(inbound: Inbound, payload: Json) -> Ignored | None:
    """Acme's person becomes a customer here."""
    if inbound.is_stale(Kind.CUSTOMER, payload["id"], rank=payload.get("rank", 0)):
        return Ignored("older than what is known")
    if payload.get("trouble"):
        raise {"retry": Retry("waits for something"), "rejected": Rejected("never"), "bug": KeyError("bug")}[
            payload["trouble"]
        ]
    place = {"environment_id": inbound.environment_id, "origin": inbound.connection_id}
    customer_id = inbound.entity_id_of(Kind.CUSTOMER, payload["id"])
    if payload.get("rank") == 2:
        if customer_id is None:
            return Ignored("not known here")
        customers.archive(customer_id=customer_id, **place)
    elif customer_id is None:
        made = customers.create(facts=CustomerFacts(name=payload["name"]), **place)
        inbound.link(Kind.CUSTOMER, made.id, payload["id"])
    else:
        customers.update(customer_id=customer_id, changes={"name": payload["name"]}, **place)
    return None


def sign(body: bytes, secret: str, at: datetime) -> str:
    """The header that proves a body."""
    digest = hmac.new(secret.encode(), f"{int(at.timestamp())}.".encode() + body, hashlib.sha256)
    return f"{int(at.timestamp())},{digest.hexdigest()}"


def open_webhook(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> Envelope:
    """Checks signature and time, then reads the event."""
    time, _, digest = headers.get("Acme-Signature", "").partition(",")
    if not time.isdigit() or not digest:
        raise InvalidSignature("There is no signature.")
    at = datetime.fromtimestamp(int(time), UTC)
    if abs((now - at).total_seconds()) > TOLERANCE:
        raise InvalidSignature("The signature is not of now.")
    for index, secret in enumerate(secrets):
        if hmac.compare_digest(sign(body, secret, at).partition(",")[2], digest):
            return _envelope(body, index)
    raise InvalidSignature("No secret of this connection made this signature.")


def _envelope(body: bytes, index: int) -> Envelope:
    try:
        event = json.loads(body)
        return Envelope(
            event_id=event["id"],
            type=event["type"],
            object_id=event["data"].get("id", ""),
            created=datetime.fromtimestamp(event["created"], UTC),
            api_version="1",
            livemode=event.get("livemode", False),
            payload=event["data"],
            secret_index=index,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise Rejected("The body is not an event.") from error


def open_checkout(outbound: Outbound, *, payment_id: str, success_url: str, cancel_url: str) -> HostedPage:
    """One call opens the page."""
    params = {"payment": payment_id, "success_url": success_url, "cancel_url": cancel_url}
    answer = outbound.once("session", "sessions.create", params)
    return HostedPage(session_id=answer["id"], url=f"https://acme.example/pay/{answer['id']}")


def register_webhook(_gateway: Gateway, *, url: str, endpoint_id: str) -> Registration:
    """One endpoint, or the one that is known."""
    return Registration(endpoint_id or "hook_1", f"whsec_for_{url}")


def livemode(credentials: Json) -> bool:
    """Keys say it."""
    if not credentials["secret_key"].startswith(("test_", "live_")):
        raise Rejected("secret_key must begin with test_ or live_.")
    return bool(credentials["secret_key"].startswith("live_"))


def provider(server: Server) -> Provider:
    """Acme, reached through ``server``."""
    return Provider(
        slug="acme",
        label="Acme",
        api_version="1",
        credentials=("public_key", "secret_key", "webhook_secret"),
        secrets=frozenset({"secret_key", "webhook_secret"}),
        routes={
            "person.changed": Route(on_person, switch="customer_inbound_enabled"),
            "payment.made": Route(lambda _inbound, _payload: None, switch="payment_inbound_enabled"),
        },
        aliases={"human.changed": "person.changed"},
        pushes={
            Kind.CUSTOMER: Push(push_customer, switch="customer_outbound_enabled"),
            Kind.PLAN: Push(push_plan, switch="plan_outbound_enabled"),
        },
        webhooks=Webhooks(open=open_webhook, register=register_webhook),
        open_gateway=lambda _credentials: server,
        recovery=Recovery(keys=IdempotencyKeys(lasting=FOREVER)),
        payments=Payments(open_checkout=open_checkout),
        livemode=livemode,
    )


def register_from_environment() -> None:
    """For worker processes: ``celery worker --include integrations.tests.acme_worker``.

    With ACME_DIES_AT=n the process is killed at the nth call, after Acme has done what was asked.
    """
    server = Server(os.environ["ACME_FOLDER"])
    if dies_at := os.environ.get("ACME_DIES_AT"):
        server.faults = {int(dies_at): {"after": lambda: os.kill(os.getpid(), signal.SIGKILL)}}
    registry.add(provider(server))
