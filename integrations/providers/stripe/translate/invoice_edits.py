"""What both sides edit of an invoice, as Stripe's parameters (page "Update an invoice") and as changes here.

Stripe lets description, footer and due date be changed of drafts only, and the metadata of all.
"""

from typing import Any

from billing import texts
from billing.facts import InvoiceFacts
from integrations.providers.stripe.translate import invoices, metadata
from integrations.providers.stripe.translate.fields import Json, read_time, seconds_of, text_that_fits

TEXTS = ("description", "footer")
OF_DRAFTS = frozenset((*TEXTS, "due_date"))


def desired_params(facts: InvoiceFacts, invoice_id: str, *, has_due_date: bool) -> dict[str, Any]:
    """What Stripe's invoice should have.

    FlexSync's own names are on what FlexSync made only. ``has_due_date``: see merging/invoices.py.
    """
    found: dict[str, Any] = {name: getattr(facts, name) for name in TEXTS}
    if has_due_date:
        found["due_date"] = seconds_of(facts.due_date) if facts.due_date else None
    if facts.is_external:
        return {**found, "metadata": metadata.desired({}, facts.metadata)}
    return {**found, "metadata": invoices.desired_metadata(facts, invoice_id)}


def current_params(invoice: Json, *, has_due_date: bool) -> dict[str, Any]:
    """Stripe's invoice by the same names, with what decides which may be set."""
    found = {name: invoice.get(name) for name in ("status", "collection_method")}
    found |= {"due_date": invoice.get("due_date")} if has_due_date else {}
    return {**found, **{name: invoice.get(name) or "" for name in TEXTS}, "metadata": metadata.of(invoice)}


def made(params: Json) -> dict[str, Any]:
    """The same of a draft that was just made with these parameters."""
    return current_params({"status": "draft", **params}, has_due_date="due_date" in params)


def fields(params: Json) -> dict[str, Any]:
    """Parameters by the fields of a merge; of others, such as the status, nothing."""
    found = {name: params[name] for name in OF_DRAFTS if name in params}
    return found | {f"{metadata.INSIDE}{name}": value for name, value in params.get("metadata", {}).items()}


def call_fields(changes: metadata.Fields, known: metadata.Fields) -> dict[str, Any]:
    """What a call sets for these ``changes``; no date takes a due date away."""
    found = {name: value for name, value in changes.items() if name != "due_date" or value is not None}
    return metadata.in_room(found, known)


def changes(invoice: Json) -> dict[str, Any]:
    """What Stripe's invoice says, by the names of InvoiceFacts, without what cannot be held here."""
    held = {name: text_that_fits(invoice, name, texts.LONGEST_DESCRIPTION) for name in TEXTS}
    return {
        **{name: text for name, text in held.items() if text is not None},
        "due_date": read_time(invoice, "due_date"),
    }
