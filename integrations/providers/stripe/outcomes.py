"""What became of a call whose outcome nobody knows: looks for its effect before anything is done again.

Stripe keeps a 500 under the call's key and answers it to each repetition (page "Advanced error handling"), though the
call may have had its effect. Only objects found by list or id count: search lags behind.
"""

from collections.abc import Callable, Mapping
from typing import Any

from integrations.provider import Gateway, Json
from integrations.providers.stripe.translate import metadata

Look = Callable[[Gateway, Json, str], Json | None]
# Stripe sends at most this many per page, newest first: what was just made is among them.
PAGE = 100


def _named(operation: str, narrowed_by: str, name: str) -> Look:
    """Looks for the object that carries our id under ``name``, among those with the same ``narrowed_by``."""

    def look(gateway: Gateway, params: Json, _target: str) -> Json | None:
        narrowed = {narrowed_by: params[narrowed_by]} if params.get(narrowed_by) else {}
        ours = metadata.of(params)[name]
        listed: list[Json] = gateway.call(operation, {**narrowed, "limit": PAGE})["data"]
        return next((one for one in listed if metadata.of(one).get(name) == ours), None)

    return look


def _invoice(holds: Callable[[Json], bool]) -> Look:
    """Looks at the invoice itself."""

    def look(gateway: Gateway, _params: Json, target: str) -> Json | None:
        found = gateway.call("invoices.retrieve", {}, target=target)
        return found if holds(found) else None

    return look


def _session_expired(gateway: Gateway, _params: Json, target: str) -> Json | None:
    """Looks at the checkout session itself."""
    found = gateway.call("checkout.sessions.retrieve", {}, target=target)
    return found if found["status"] == "expired" else None


def _is(status: str) -> Look:
    return _invoice(lambda invoice: bool(invoice["status"] == status))


def _attached(gateway: Gateway, params: Json, target: str) -> Json | None:
    """Looks for the tie between an invoice and a PaymentIntent."""
    payment: dict[str, Any] = {"type": "payment_intent", "payment_intent": params["payment_intent"]}
    ties = gateway.call("invoice_payments.list", {"invoice": target, "payment": payment})["data"]
    return gateway.call("invoices.retrieve", {}, target=target) if ties else None


def _nothing(_gateway: Gateway, _params: Json, _target: str) -> Json | None:
    """Doing it twice is the same as doing it once."""
    return None


# Whatever is not here is not done again: it stays unknown until a person looks.
LOOKS: Mapping[str, Look] = {
    "customers.create": _named("customers.list", "email", metadata.CUSTOMER_ID),
    "customers.update": _nothing,
    "invoices.create": _named("invoices.list", "customer", metadata.INVOICE_ID),
    "invoices.update": _nothing,
    # All lines come in one call, so one line is all of them.
    "invoices.add_lines": _invoice(lambda invoice: bool(invoice["lines"]["data"])),
    "invoices.finalize_invoice": _invoice(lambda invoice: bool(invoice["status"] != "draft")),
    "invoices.void_invoice": _is("void"),
    "invoices.mark_uncollectible": _is("uncollectible"),
    "invoices.attach_payment": _attached,
    "checkout.sessions.create": _named("checkout.sessions.list", "customer", metadata.PAYMENT_ID),
    "checkout.sessions.expire": _session_expired,
}
