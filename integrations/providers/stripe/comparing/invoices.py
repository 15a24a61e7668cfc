"""Invoices: what they ask for, what of it was paid, and what remains."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from billing.events import Kind
from billing.models import Invoice
from billing.models.invoices import InvoiceStatus
from billing.services.find import find
from integrations.models import Connection
from integrations.provider_api import Comparable, Facts, Json, Place
from integrations.providers.stripe.comparing import owners
from integrations.providers.stripe.comparing.amounts import difference, texts
from integrations.providers.stripe.comparing.belongings import customer_of, of_customers
from integrations.providers.stripe.comparing.lists import whole
from integrations.providers.stripe.comparing.names import of_any
from integrations.providers.stripe.merging.invoices import current
from integrations.providers.stripe.translate import external_invoices as translate
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.amounts import read_amount, read_currency
from integrations.providers.stripe.translate.fields import read_instant

_AMOUNTS = ("total", "amount_due", "amount_paid", "amount_remaining")
# Of these nothing is asked: only what they are over is compared.
_NOT_OWED = (InvoiceStatus.DRAFT, InvoiceStatus.VOIDED)


def _there(invoice: Json) -> Facts:
    currency, status = read_currency(invoice), translate.status(invoice)
    found = {name: read_amount(invoice, name, currency, 0) for name in _AMOUNTS}
    # Money beyond what is due is shown elsewhere, and Stripe need not know of it.
    found["amount_paid"] = found["amount_due"] - found["amount_remaining"]
    owed = found if status not in _NOT_OWED else {"total": found["total"]}
    return {"status": status, **owners.there(invoice), **texts(currency, **owed)}


def _here(place: Place, invoice_id: str, there: Facts) -> Facts | None:
    """None for a mirror: what happens to it at Stripe says nothing; and for a draft that became a credit."""
    invoice = find(Invoice, place.environment_id, [invoice_id])[invoice_id]
    is_mirror = invoice.connection_id not in ("", place.connection_id)
    if is_mirror or (invoice.status == InvoiceStatus.VOIDED and Decimal(there.get("total", 0)) < 0):
        return None
    found = {name: getattr(invoice, name) for name in _AMOUNTS}
    found["amount_paid"] = invoice.amount_due - invoice.amount_remaining
    facts = {
        "status": invoice.status,
        "is_external": invoice.is_external,
        **owners.here(place, invoice.customer_id, there),
        **texts(invoice.currency, **found),
    }
    # What is owed follows from the status: where that differs, it is one difference, not five.
    is_other = there.get("status", invoice.status) != invoice.status
    if is_other:
        facts |= {name: there[name] for name in _AMOUNTS[1:] if name in there}
    if _was_paid_all_the_same(facts, there) and invoice.amount_paid >= Decimal(there["amount_paid"]):
        # Both know of the money: here it is shown as too much.
        facts["status"] = there["status"]
    return facts


def _was_paid_all_the_same(here: Facts, there: Facts) -> bool:
    """Whether money came there for what was voided or given up here, and cannot be voided there any more."""
    has_ended = here["status"] in (InvoiceStatus.VOIDED, InvoiceStatus.UNCOLLECTIBLE)
    return (
        has_ended
        and there.get("status") == InvoiceStatus.FINALIZED
        and not Decimal(there["amount_remaining"])
    )


def _current(place: Place, invoice_id: str, invoice: Json) -> Json:
    return current(find(Invoice, place.environment_id, [invoice_id])[invoice_id], invoice, place.held)


def _wanted(connection: Connection, objects: Sequence[Json]) -> list[Json]:
    """Not credits, which no invoice here is; nor what another environment has made."""
    found = [one for one in of_customers(connection, objects) if not translate.is_credit(one)]
    marks = {str(one["id"]): metadata.of(one).get(metadata.INVOICE_ID, "") for one in found}
    here = find(Invoice, connection.environment_id, set(marks.values()) - {""})
    return [one for one in found if not marks[str(one["id"])] or marks[str(one["id"])] in here]


def _sent(connection_id: str) -> Q:
    is_sent = Q(is_external=False, status__in=(InvoiceStatus.FINALIZED, InvoiceStatus.UNCOLLECTIBLE))
    return is_sent & Q(connection_id__in=("", connection_id))


def _dated(invoice: Json) -> datetime | None:
    """Those that still ask for money are brought here, however old they are."""
    return None if invoice["status"] == "open" else read_instant(invoice, "created")


def _at_stake(field: str, here: Facts, there: Facts) -> Any:
    if field in _AMOUNTS:
        return difference(field, here, there)
    facts = {**here, **there}
    if field == owners.CUSTOMER:
        return facts.get("amount_remaining")
    return facts.get("amount_due", facts["total"]) if field in ("", "status") else None


def _repair(field: str, here: Facts, there: Facts) -> str:
    if field == owners.CUSTOMER:
        return ""
    if here.get("is_external"):
        return "take"
    if field == "status":
        has_ended = there["status"] in (InvoiceStatus.VOIDED, InvoiceStatus.UNCOLLECTIBLE)
        is_theirs = has_ended and here["status"] == InvoiceStatus.FINALIZED
        return "take" if is_theirs or _was_paid_all_the_same(here, there) else "push"
    if field in ("amount_due", "amount_remaining", "amount_paid"):
        # Whoever asks for less, or has more, has heard of something that the other has not.
        ours, theirs = Decimal(here[field]), Decimal(there[field])
        is_ahead = ours > theirs if field == "amount_paid" else ours < theirs
        return "push" if is_ahead else "take"
    return "" if field == "total" else "push"


INVOICES = Comparable(
    name="invoices",
    kind=Kind.INVOICE,
    inbound="invoice_inbound_enabled",
    outbound="invoice_outbound_enabled",
    read=whole("invoices.list"),
    label=of_any,
    there=_there,
    here=_here,
    compared=("status", owners.CUSTOMER, *_AMOUNTS),
    belongs=customer_of,
    current=_current,
    refers=owners.refers,
    wanted=_wanted,
    dated=_dated,
    sent=_sent,
    at_stake=_at_stake,
    repair=_repair,
    debt=lambda _place, invoice_id, invoice: invoice_id or str(invoice["id"]),
)
