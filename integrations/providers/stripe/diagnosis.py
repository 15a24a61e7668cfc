"""What a doctor asks of Stripe: a restricted key's permissions, known event types, a harmless change."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any, get_args

from integrations.provider_api import Diagnosis, Gateway, Json, Permission
from integrations.providers.stripe.handlers.events import OWN_KEY

# Page "Restricted API keys"; Stripe's refusals name permissions so.
_NAMED = re.compile(r"\brak_([a-z_]+_(?:read|write))\b")
_ONE = {"limit": 1}
_INBOUND: dict[str, tuple[str, list[str]]] = {
    "customer_inbound_enabled": ("customer", ["customers.list"]),
    "plan_inbound_enabled": ("product plan", ["products.list", "prices.list"]),
    "subscription_inbound_enabled": ("subscription", ["subscriptions.list"]),
    "invoice_inbound_enabled": ("invoice credit_note", ["invoices.list", "credit_notes.list"]),
    "payment_inbound_enabled": (
        "payment_intent charge checkout_session",
        ["payment_intents.list", "refunds.list", "checkout.sessions.list"],
    ),
}
_OUTBOUND = {
    "customer_outbound_enabled": {"customer": ["customers."]},
    "plan_outbound_enabled": {"product": ["products."], "plan": ["prices."]},
    "subscription_outbound_enabled": {"subscription": ["subscriptions."]},
    "invoice_outbound_enabled": {"invoice": ["invoices."], "payment_record": ["payment_records."]},
}
_PROBES = {
    noun: operation
    for nouns, operations in _INBOUND.values()
    for noun, operation in zip(nouns.split(), operations, strict=True)
}


def is_restricted(credentials: Json) -> bool:
    """Whether the key is a restricted one (page "API keys"): its beginning says so."""
    return str(credentials.get("secret_key") or "").startswith("rk_")


def refused(message: str) -> str:
    """The permission that Stripe's refusal names, such as "customer_write"."""
    found = _NAMED.search(message)
    return found[1] if found else ""


def unknown_events(types: Iterable[str]) -> list[str]:
    """Those that an endpoint of the pinned version cannot be subscribed to any more."""
    return sorted(set(types) - _known_events() - {"*"})


@cache
def _known_events() -> frozenset[str]:
    """The SDK's parameters are generated from Stripe's specification."""
    from stripe.params import WebhookEndpointCreateParams

    return frozenset(_literals(WebhookEndpointCreateParams.__annotations__["enabled_events"]))


def _literals(hint: Any) -> Iterable[str]:
    for part in get_args(hint):
        if isinstance(part, str):
            yield part
        yield from _literals(part)


def provoke(gateway: Gateway, /, *, key: str) -> str:
    """Makes a product, inactive from the start and by FlexSync's own call: its event imports nothing."""
    made = {"name": "FlexSync connection check", "active": False, "metadata": {"sync_source": "flexsync"}}
    return str(gateway.call("products.create", made, key=f"{OWN_KEY}{key}")["id"])


def undo(gateway: Gateway, product_id: str) -> None:
    """Deletes the product."""
    gateway.call("products.delete", {}, target=product_id)


def _read(noun: str, *switches: str) -> Permission:
    return Permission(f"{noun}_read", switches, probe=(_PROBES[noun], _ONE))


PERMISSIONS = (
    Permission("event_read", probe=("events.list", _ONE)),
    Permission("webhook_read", probe=("webhook_endpoints.list", _ONE)),
    *(_read(noun, switch) for switch, (nouns, _) in _INBOUND.items() for noun in nouns.split()),
    *(
        Permission(f"{noun}_write", (switch,), operations=operations)
        for switch, nouns in _OUTBOUND.items()
        for noun, operations in nouns.items()
    ),
)
DIAGNOSIS = Diagnosis(
    is_restricted=is_restricted,
    permissions=PERMISSIONS,
    refused=refused,
    unknown_events=unknown_events,
    provoke=provoke,
    undo=undo,
)
