"""What became of a call whose outcome nobody knows: looks for its effect before anything is done again.

Stripe keeps a 500 under the call's key and answers it to each repetition (page "Advanced error handling"), though the
call may have had its effect. After a day it may have forgotten the key, and would do the call once more (page
"Idempotent requests"). Only objects found by list or id count: search lags behind.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from integrations.errors import Rejected
from integrations.provider_api import Gateway, Json
from integrations.providers.stripe.translate import metadata

# Stripe forgets a key after 24 hours at the earliest; an hour less, since the call takes time and clocks differ.
KEYS_LAST = timedelta(hours=23)
# Stripe sends at most this many per page; a list that is longer than all these pages shows too little to judge by.
PAGE, MOST_PAGES = 100, 100


@dataclass(frozen=True)
class Witness:
    """Stripe, asked about what was made ``since`` (Unix seconds)."""

    gateway: Gateway
    since: int

    def call(self, operation: str, params: Json, *, target: str | None = None, key: str = "") -> Json:
        """Makes one call."""
        return self.gateway.call(operation, params, target=target, key=key)

    def made(self, operation: str, params: Json) -> Iterator[Json]:
        """What was made since then, the newest first (page "Pagination"); raises Rejected when that is too much."""
        asked: dict[str, Any] = {**params, "limit": PAGE}
        for _ in range(MOST_PAGES):
            found = self.call(operation, asked)
            for one in found["data"]:
                if one["created"] < self.since:
                    return
                yield one
            if not found.get("has_more"):
                return
            asked["starting_after"] = found["data"][-1]["id"]
        raise Rejected(
            f"Nobody knows whether this was done: {operation} shows more than {PAGE * MOST_PAGES} objects. Look for it"
            " in Stripe's dashboard; if it is not there, try again."
        )


Look = Callable[[Witness, Json, str], Json | None]


def look(gateway: Gateway, *, operation: str, params: Json, target: str, since: datetime) -> Json | None:
    """What a call made ``since`` then has left behind, None for nothing; raises Rejected when nobody can tell."""
    if operation not in LOOKS:
        raise Rejected(
            f"Nobody knows whether {operation} was done, since its answer was lost and Stripe has forgotten its key."
            " Look in Stripe's dashboard; if it was not done, try again."
        )
    # Clocks differ by seconds; a few objects more cost nothing.
    return LOOKS[operation](Witness(gateway, int(since.timestamp()) - 300), params, target)


def _named(operation: str, narrowed_by: str, name: str) -> Look:
    """Looks for the object that carries our id under ``name``, among those with the same ``narrowed_by``."""

    def look(witness: Witness, params: Json, _target: str) -> Json | None:
        narrowed = {narrowed_by: params[narrowed_by]} if params.get(narrowed_by) else {}
        ours = metadata.of(params)[name]
        made = witness.made(operation, narrowed)
        return next((one for one in made if metadata.of(one).get(name) == ours), None)

    return look


def _invoice(holds: Callable[[Json], bool]) -> Look:
    """Looks at the invoice itself."""

    def look(witness: Witness, _params: Json, target: str) -> Json | None:
        found = witness.call("invoices.retrieve", {}, target=target)
        return found if holds(found) else None

    return look


def _lines_gone(witness: Witness, params: Json, target: str) -> Json | None:
    """Looks at the draft itself: what it shows are its first lines, and those were taken out."""
    found = witness.call("invoices.retrieve", {}, target=target)
    taken = {line["id"] for line in params["lines"]}
    return found if taken.isdisjoint(line["id"] for line in found["lines"]["data"]) else None


def _session_expired(witness: Witness, _params: Json, target: str) -> Json | None:
    """Looks at the checkout session itself."""
    found = witness.call("checkout.sessions.retrieve", {}, target=target)
    return found if found["status"] == "expired" else None


def _is(status: str) -> Look:
    return _invoice(lambda invoice: bool(invoice["status"] == status))


def _cancelled(witness: Witness, _params: Json, target: str) -> Json | None:
    """Looks at the PaymentIntent itself."""
    found = witness.call("payment_intents.retrieve", {}, target=target)
    return found if found["status"] == "canceled" else None


def _attached(witness: Witness, params: Json, target: str) -> Json | None:
    """Looks for the tie between an invoice and a PaymentIntent or Payment Record."""
    payment: dict[str, Any] = {"type": next(iter(params)), **params}
    ties = witness.call("invoice_payments.list", {"invoice": target, "payment": payment})["data"]
    return witness.call("invoices.retrieve", {}, target=target) if ties else None


def _refund_counted(witness: Witness, params: Json, target: str) -> Json | None:
    """Looks at the record itself, which only we report on: whether it counts all that had gone back with this refund."""
    found = witness.call("payment_records.retrieve", {}, target=target)
    total = int(metadata.of(params)[metadata.REFUNDED])
    return found if found["amount_refunded"]["value"] >= total else None


def _tax_id(witness: Witness, params: Json, target: str) -> Json | None:
    """Looks among the customer's tax ids."""
    listed: list[Json] = witness.call("customers.tax_ids.list", {"limit": PAGE}, target=target)["data"]
    return next(
        (one for one in listed if (one["type"], one["value"]) == (params["type"], params["value"])), None
    )


def _tax_id_gone(witness: Witness, _params: Json, target: str) -> Json | None:
    customer, _, gone = target.partition("/")
    listed: list[Json] = witness.call("customers.tax_ids.list", {"limit": PAGE}, target=customer)["data"]
    return None if any(one["id"] == gone for one in listed) else {"id": gone, "deleted": True}


def _subscription_changed(witness: Witness, params: Json, target: str) -> Json | None:
    """A new item must not be added twice; all else may be said again."""
    added = {item["price"] for item in params.get("items", ()) if "id" not in item}
    found = witness.call("subscriptions.retrieve", {}, target=target)
    there = {item["price"]["id"] for item in found["items"]["data"]}
    return found if added and added <= there else None


def _resumed(witness: Witness, _params: Json, target: str) -> Json | None:
    found = witness.call("subscriptions.retrieve", {}, target=target)
    return found if found["status"] != "paused" else None


def _subscription_ended(witness: Witness, _params: Json, target: str) -> Json | None:
    found = witness.call("subscriptions.retrieve", {}, target=target)
    return found if found["status"] in ("canceled", "incomplete_expired") else None


def _nothing(_witness: Witness, _params: Json, _target: str) -> Json | None:
    """Doing it twice is the same as doing it once."""
    return None


# A DELETE takes no notice of idempotency keys (page "Idempotent requests"): what is gone when it is repeated, or when
# somebody at Stripe was faster, answers 404.
ENDINGS = frozenset(("customers.tax_ids.delete", "subscriptions.cancel"))
# Whatever is not here is not done again: it stays unknown until a person looks.
LOOKS: Mapping[str, Look] = {
    "customers.create": _named("customers.list", "email", metadata.CUSTOMER_ID),
    "customers.update": _nothing,
    "customers.tax_ids.create": _tax_id,
    "customers.tax_ids.delete": _tax_id_gone,
    "products.create": _named("products.list", "", metadata.PLAN_ID),
    "products.update": _nothing,
    "prices.create": _named("prices.list", "product", metadata.PRICE_ID),
    "prices.update": _nothing,
    "subscriptions.create": _named("subscriptions.list", "customer", metadata.SUBSCRIPTION_ID),
    "subscriptions.update": _subscription_changed,
    "subscriptions.retrieve": _nothing,
    "subscriptions.resume": _resumed,
    "subscriptions.cancel": _subscription_ended,
    "invoices.create": _named("invoices.list", "customer", metadata.INVOICE_ID),
    "invoices.update": _nothing,
    # All lines come in one call, so one line is all of them.
    "invoices.add_lines": _invoice(lambda invoice: bool(invoice["lines"]["data"])),
    "invoices.retrieve": _nothing,
    "invoices.remove_lines": _lines_gone,
    "invoices.finalize_invoice": _invoice(lambda invoice: bool(invoice["status"] != "draft")),
    "invoices.void_invoice": _is("void"),
    "invoices.mark_uncollectible": _is("uncollectible"),
    "invoices.attach_payment": _attached,
    "customers.retrieve": _nothing,
    "payment_intents.create": _named("payment_intents.list", "customer", metadata.PAYMENT_ID),
    "payment_intents.cancel": _cancelled,
    "payment_records.report_payment": _named("payment_records.list", "", metadata.PAYMENT_ID),
    "payment_records.report_refund": _refund_counted,
    "refunds.create": _named("refunds.list", "payment_intent", metadata.REFUND_ID),
    "credit_notes.create": _named("credit_notes.list", "invoice", metadata.PAYMENT_ID),
    "checkout.sessions.create": _named("checkout.sessions.list", "customer", metadata.PAYMENT_ID),
    "checkout.sessions.expire": _session_expired,
}
