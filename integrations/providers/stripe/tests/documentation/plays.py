"""Plays golden events, each in a world of its own, and notes which of their fields are read."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction

from integrations.models import Connection
from integrations.providers.stripe.testing import golden, golden_names
from integrations.providers.stripe.tests.documentation.recorded import Fields, Recorded
from integrations.providers.stripe.tests.golden_world import World
from integrations.providers.stripe.translate import spellings

CHARGE = {
    "id": "ch_1",
    "object": "charge",
    "status": "succeeded",
    "created": 1,
    "payment_method_details": {"type": "card"},
}
ENTRY = {"object": "balance_transaction", "amount": -1999, "currency": "eur"}
SHIPPING = {"amount_subtotal": 500, "amount_tax": 0, "amount_total": 500}
CREDIT = {"type": "credit_balance_transaction", "amount": 0}
LINE = {"object": "line_item", "amount": 9960, "quantity": 1, "pretax_credit_amounts": [CREDIT]}
CREDITED = {
    "object": "credit_note_line_item",
    "amount": 100,
    "quantity": 1,
    "unit_amount": 100,
    "taxes": [{"amount": 0, "tax_behavior": "exclusive"}],
}
NOTE = {
    "amount": 100,
    "pre_payment_amount": 0,
    "refunds": [{"amount_refunded": 50}],
    "effective_at": None,
    "lines": {"data": [CREDITED], "has_more": False},
}
OFF_STRIPE = {"type": "payment_record", "payment_record": "pyr_1"}
# Golden events with more in their objects: what Stripe sends of some objects only.
MORE: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("payment_intent_succeeded__external", {"latest_charge": CHARGE}),
    ("payment_intent_payment_failed__of_checkout", {"last_payment_error": {"source": {"type": "ideal"}}}),
    ("charge_dispute_created__fraudulent", {"balance_transactions": [ENTRY]}),
    ("invoice_finalized__renewal", {"shipping_cost": SHIPPING}),
    ("invoice_created__renewal", {"last_finalization_error": {"code": "x", "message": "y"}}),
    ("invoice_finalized__sent", {"amount_due": 5300, "starting_balance": -100, "ending_balance": 0}),
    ("invoice_finalized__renewal", {"lines": {"data": [LINE], "has_more": False}, "total": 9960}),
    ("invoice_payment_paid__sent", {"payment": OFF_STRIPE}),
    ("credit_note_created__plain", NOTE),
    (
        "customer_subscription_updated__past_due",
        {"collection_method": "send_invoice", "days_until_due": 14},
    ),
    ("customer_subscription_deleted__plain", {"ended_at": None}),
    ("price_created__monthly", {"unit_amount_decimal": None}),
    ("price_created__tiered", {"tiers": [{"up_to": None, "unit_amount": 5, "flat_amount": 5}]}),
)


def plays() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each event to play, with what is added to its object."""
    yield from ((name, {}) for name in golden_names())
    yield from MORE


def prepare(world: World, name: str) -> None:
    """Brings what the event needs, so that its handler reads it to the end."""
    resource, _, variant = name.partition("__")
    if resource != "customer_created":
        world.arrives("customer_created__flexsync_id")
    if resource.startswith("customer_tax_id"):
        world.arrives("customer_created__full")
    if resource.startswith("charge_dispute"):
        world.arrives(_success_of(golden(name)["data"]["object"]["payment_intent"]))
    elif resource.startswith(("refund", "charge_refund")):
        world.open_checkout()
        world.arrives("payment_intent_succeeded__of_checkout")
    elif resource.startswith("checkout") or variant == "of_checkout":
        world.open_checkout()
    elif resource.startswith(("credit_note", "invoice")) and variant not in ("renewal", "draft"):
        world.link_invoice(name)


def _success_of(intent_id: str) -> str:
    successes = (name for name in golden_names() if name.startswith("payment_intent_succeeded"))
    return next(name for name in successes if golden(name)["data"]["object"]["id"] == intent_id)


def fields_read(connection: Connection, monkeypatch: Any) -> Fields:
    """By object, the fields that the handlers read of all events in the pinned version's spelling."""
    fields: Fields = defaultdict(set)
    spelled = spellings.of_event

    def recorded(event: dict[str, Any]) -> dict[str, Any]:
        found = spelled(event)
        shown = Recorded(dict(found["data"]["object"]), fields)
        return {**found, "data": {**found["data"], "object": shown}}

    monkeypatch.setattr(spellings, "of_event", recorded)
    for name, more in plays():
        with transaction.atomic():
            world = World(connection)
            prepare(world, name)
            event = world.event(name)
            event["data"]["object"] |= more
            world.take(event)
            transaction.set_rollback(True)
    return fields
