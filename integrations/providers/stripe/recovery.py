"""Finds out whether a call whose response was lost was done, before anything is done again.

Stripe keeps a 500 under the call's key and returns it for each repetition (page "Advanced error handling"),
although the call may have had its effect. After a day it may have forgotten the key, and would do the call
once more (page "Idempotent requests"). Only objects found by list or id count: search lags behind.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from billing.events import Kind
from integrations.errors import Rejected, Retry
from integrations.models import EntityMapping
from integrations.provider_api import Gateway, Json
from integrations.providers.stripe.translate import metadata, open_invoices

# Stripe keeps a key for at least 24 hours; an hour less, since the call takes time and clocks differ.
KEYS_LAST = timedelta(hours=23)
# Stripe returns at most this many per page; a list with more pages than these shows too little to decide.
PAGE, MOST_PAGES = 100, 100


@dataclass(frozen=True)
class Reader:
    """Reads from Stripe what was made ``since`` (Unix seconds)."""

    gateway: Gateway
    since: int

    def call(self, operation: str, params: Json, *, target: str | None = None, key: str = "") -> Json:
        """Makes one call."""
        return self.gateway.call(operation, params, target=target, key=key)

    def made(self, operation: str, params: Json, *, target: str | None = None) -> Iterator[Json]:
        """What was made since then, newest first (page "Pagination"); raises Rejected for too many."""
        page_params: dict[str, Any] = {**params, "limit": PAGE}
        for _ in range(MOST_PAGES):
            page = self.call(operation, page_params, target=target)
            for stripe_object in page["data"]:
                if stripe_object["created"] < self.since:
                    return
                yield stripe_object
            if not page.get("has_more"):
                return
            page_params["starting_after"] = page["data"][-1]["id"]
        raise Rejected(
            f"It is unknown whether this was done: {operation} shows more than {PAGE * MOST_PAGES} objects, too many to"
            " search. Look for it in Stripe's dashboard; if it is not there, retry."
        )


# (reader, the call's params and target) -> the object with the call's effect, None when there is none.
Finder = Callable[[Reader, Json, str], Json | None]


def find_effect(
    gateway: Gateway, *, operation: str, params: Json, target: str, since: datetime
) -> Json | None:
    """What a call made ``since`` then has left behind, None for nothing; raises Rejected when unknown."""
    if operation not in FINDERS:
        raise Rejected(
            f"It is unknown whether {operation} was done: its response was lost, and Stripe has forgotten its"
            " idempotency key. Look in Stripe's dashboard; if it was not done, retry."
        )
    # Clocks differ by seconds; a few objects more do no harm.
    return FINDERS[operation](Reader(gateway, int(since.timestamp()) - 300), params, target)


def find_alike(gateway: Gateway, *, operation: str, params: Json) -> Sequence[Json]:
    """The customers with the same e-mail address, in the same case (page "List all customers", email)."""
    if operation != "customers.create" or not params.get("email"):
        return ()
    found: Sequence[Json] = gateway.call("customers.list", {"email": params["email"], "limit": PAGE})["data"]
    return found


def _with_metadata(operation: str, narrowed_by: str, name: str, **params_of_list: str) -> Finder:
    """Finds the object with FlexSync's id in its metadata ``name``, among those with the same field.

    Where there was no room for the id, all of its 50 keys have to be the same.
    """

    def find(reader: Reader, params: Json, _target: str) -> Json | None:
        narrowed = {narrowed_by: params[narrowed_by]} if params.get(narrowed_by) else {}
        wanted = metadata.of(params)
        sought = {name: wanted[name]} if name in wanted else wanted
        made = reader.made(operation, params_of_list | narrowed)
        return next((found for found in made if sought.items() <= metadata.of(found).items()), None)

    return find


def _invoice(is_done: Callable[[Json], bool]) -> Finder:
    """Reads the invoice itself."""

    def find(reader: Reader, _params: Json, target: str) -> Json | None:
        invoice = reader.call("invoices.retrieve", {}, target=target)
        return invoice if is_done(invoice) else None

    return find


def _lines_gone(reader: Reader, params: Json, target: str) -> Json | None:
    """Reads the draft itself: it shows its first lines, which are those that the call removes."""
    invoice = reader.call("invoices.retrieve", {}, target=target)
    removed = {line["id"] for line in params["lines"]}
    return invoice if removed.isdisjoint(line["id"] for line in invoice["lines"]["data"]) else None


def _session_expired(reader: Reader, _params: Json, target: str) -> Json | None:
    """Reads the checkout session itself."""
    session = reader.call("checkout.sessions.retrieve", {}, target=target)
    return session if session["status"] == "expired" else None


def _invoice_is(status: str) -> Finder:
    return _invoice(lambda invoice: bool(invoice["status"] == status))


def _finalized(reader: Reader, _params: Json, target: str) -> Json | None:
    """Reads the invoice with its payments; a draft that a person has changed must not be finalized as it is.

    Raises Retry for one: the next attempt corrects it first.
    """
    invoice = reader.call("invoices.retrieve", open_invoices.PAYMENTS, target=target)
    if invoice["status"] != "draft":
        return invoice
    mapped = EntityMapping.objects.filter(entity_type=Kind.INVOICE, provider_entity_id=target)
    noted = mapped.values_list("metadata__total", flat=True).first()
    if noted not in (None, invoice["total"]):
        raise Retry(f"The draft {target} was changed at Stripe meanwhile, and is corrected first.", after=1)
    return None


def _sent(reader: Reader, _params: Json, target: str) -> Json | None:
    """Looks for the event of it, because the invoice itself does not show that it was sent.

    The list of events may lag behind for a moment: then the customer gets the same mail twice, and no harm.
    """
    events = reader.made("events.list", {"type": "invoice.sent"})
    sent = (event["data"]["object"] for event in events)
    return next((invoice for invoice in sent if invoice["id"] == target), None)


def _paid(reader: Reader, _params: Json, target: str) -> Json | None:
    """Reads the invoice with its payments: money that came, or that a bank works on, is not taken again.

    After a decline the same is asked for once more, as the caller wants it.
    """
    invoice = reader.call("invoices.retrieve", open_invoices.PAYMENTS, target=target)
    is_paid = invoice["status"] == "paid" or open_invoices.processing_intent(invoice)
    return invoice if is_paid else None


def _cancelled(reader: Reader, _params: Json, target: str) -> Json | None:
    """Reads the PaymentIntent itself."""
    intent = reader.call("payment_intents.retrieve", {}, target=target)
    return intent if intent["status"] == "canceled" else None


def _note_voided(reader: Reader, _params: Json, target: str) -> Json | None:
    """Reads the credit note itself."""
    note = reader.call("credit_notes.retrieve", {}, target=target)
    return note if note["status"] == "void" else None


def _attached(reader: Reader, params: Json, target: str) -> Json | None:
    """Reads the InvoicePayments that connect the invoice with the PaymentIntent or Payment Record."""
    payment: dict[str, Any] = {"type": next(iter(params)), **params}
    found = reader.call("invoice_payments.list", {"invoice": target, "payment": payment})["data"]
    return reader.call("invoices.retrieve", {}, target=target) if found else None


def _refund_counted(reader: Reader, params: Json, target: str) -> Json | None:
    """Reads the record itself, which only FlexSync reports on: whether its total includes this refund."""
    record = reader.call("payment_records.retrieve", {}, target=target)
    total = int(metadata.of(params)[metadata.REFUNDED])
    return record if record["amount_refunded"]["value"] >= total else None


def _balance_changed(reader: Reader, params: Json, target: str) -> Json | None:
    """Looks for the movement of the balance with the same reason, as its metadata says, and amount."""
    wanted = (metadata.of(params), params["amount"])
    made = reader.made("customers.balance_transactions.list", {}, target=target)
    return next((one for one in made if (metadata.of(one), one["amount"]) == wanted), None)


def _tax_id(reader: Reader, params: Json, target: str) -> Json | None:
    """Reads the customer's tax ids."""
    tax_ids: list[Json] = reader.call("customers.tax_ids.list", {"limit": PAGE}, target=target)["data"]
    wanted = (params["type"], params["value"])
    return next((tax_id for tax_id in tax_ids if (tax_id["type"], tax_id["value"]) == wanted), None)


def _tax_id_gone(reader: Reader, _params: Json, target: str) -> Json | None:
    customer, _, gone = target.rpartition("/")
    tax_ids: list[Json] = reader.call("customers.tax_ids.list", {"limit": PAGE}, target=customer)["data"]
    return None if any(tax_id["id"] == gone for tax_id in tax_ids) else {"id": gone, "deleted": True}


def _subscription_changed(reader: Reader, params: Json, target: str) -> Json | None:
    """Looks for new items, which must not be added twice; all other changes may be sent again."""
    added = {item["price"] for item in params.get("items", ()) if "id" not in item}
    subscription = reader.call("subscriptions.retrieve", {}, target=target)
    prices = {item["price"]["id"] for item in subscription["items"]["data"]}
    return subscription if added and added <= prices else None


def _resumed(reader: Reader, _params: Json, target: str) -> Json | None:
    subscription = reader.call("subscriptions.retrieve", {}, target=target)
    return subscription if subscription["status"] != "paused" else None


def _subscription_ended(reader: Reader, _params: Json, target: str) -> Json | None:
    subscription = reader.call("subscriptions.retrieve", {}, target=target)
    return subscription if subscription["status"] in ("canceled", "incomplete_expired") else None


def _repeatable(_reader: Reader, _params: Json, _target: str) -> Json | None:
    """Finds nothing, so that the call is made again: done twice, it has the same effect as once."""
    return None


# A DELETE ignores idempotency keys (page "Idempotent requests"): what is gone already, after a repetition or
# because a person at Stripe was faster, returns 404.
ENDINGS = frozenset(("customers.tax_ids.delete", "subscriptions.cancel"))
# An operation that is not here is not done again: it stays unknown until an operator looks.
FINDERS: Mapping[str, Finder] = {
    "customers.create": _with_metadata("customers.list", "email", metadata.CUSTOMER_ID),
    "customers.update": _repeatable,
    "customers.balance_transactions.create": _balance_changed,
    "customers.tax_ids.create": _tax_id,
    "customers.tax_ids.delete": _tax_id_gone,
    "products.create": _with_metadata("products.list", "", metadata.PLAN_ID),
    "products.update": _repeatable,
    "prices.create": _with_metadata("prices.list", "product", metadata.PRICE_ID),
    "prices.retrieve": _repeatable,
    "prices.update": _repeatable,
    "subscriptions.create": _with_metadata(
        "subscriptions.list", "customer", metadata.SUBSCRIPTION_ID, status="all"
    ),
    "subscriptions.update": _subscription_changed,
    "subscriptions.retrieve": _repeatable,
    "subscriptions.resume": _resumed,
    "subscriptions.cancel": _subscription_ended,
    "invoices.create": _with_metadata("invoices.list", "customer", metadata.INVOICE_ID),
    "invoices.update": _repeatable,
    # All lines come in one call, so one line is all of them.
    "invoices.add_lines": _invoice(lambda invoice: bool(invoice["lines"]["data"])),
    "invoices.retrieve": _repeatable,
    "invoices.remove_lines": _lines_gone,
    "invoices.finalize_invoice": _finalized,
    "invoices.send_invoice": _sent,
    "invoices.pay": _paid,
    "invoices.void_invoice": _invoice_is("void"),
    "invoices.mark_uncollectible": _invoice_is("uncollectible"),
    "invoices.attach_payment": _attached,
    "customers.retrieve": _repeatable,
    "payment_intents.create": _with_metadata("payment_intents.list", "customer", metadata.PAYMENT_ID),
    "payment_intents.cancel": _cancelled,
    "payment_intents.retrieve": _repeatable,
    "payment_records.report_payment": _with_metadata("payment_records.list", "", metadata.PAYMENT_ID),
    "payment_records.report_refund": _refund_counted,
    "refunds.create": _with_metadata("refunds.list", "payment_intent", metadata.REFUND_ID),
    "credit_notes.create": _with_metadata("credit_notes.list", "invoice", metadata.CREDIT_NOTE_ID),
    "credit_notes.void_credit_note": _note_voided,
    "invoices.line_items.list": _repeatable,
    "checkout.sessions.create": _with_metadata("checkout.sessions.list", "customer", metadata.PAYMENT_ID),
    "checkout.sessions.expire": _session_expired,
    "checkout.sessions.retrieve": _repeatable,
}
