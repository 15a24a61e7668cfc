"""Reads Stripe's invoice before money is asked for, and stops what would collect it meanwhile."""

from collections.abc import Callable

from billing.events import Kind
from billing.money import text
from integrations.errors import Rejected
from integrations.provider_api import REMAINING, InvoiceThere, Json, Outbound
from integrations.providers.stripe.push import collection
from integrations.providers.stripe.translate import open_invoices as translate
from integrations.providers.stripe.translate.fields import read_id
from integrations.providers.stripe.translate.open_invoices import PAYMENTS


def look(outbound: Outbound, *, invoice_id: str, hold: bool = True) -> InvoiceThere | None:
    """The invoice at Stripe; the call that shows it turns its automatic collection off, if ``hold``.

    None where it is not at Stripe, or only as a draft.
    """
    stripe_id = outbound.provider_id_of(Kind.INVOICE, invoice_id)
    if stripe_id is None or collection.is_draft(outbound.notes_of(Kind.INVOICE, invoice_id)):
        return None
    answer = _held(outbound, invoice_id, stripe_id) if hold else read(outbound, stripe_id)
    if outbound.dry:
        return InvoiceThere(stripe_id, answer, translate.NOTHING)
    return InvoiceThere(
        stripe_id,
        answer,
        amount_remaining=translate.amount_remaining(answer),
        payment_id=translate.open_default_intent(answer),
        customer_id=read_id(answer, "customer"),
    )


def _held(outbound: Outbound, invoice_id: str, stripe_id: str) -> Json:
    """Page "Automatic collection"; where Stripe refuses to update an invoice that has ended, it is read."""
    mapping = (Kind.INVOICE, invoice_id)
    known = outbound.notes_of(*mapping)
    collects = bool(known.get("auto_advance") or known.get("collects"))

    def notes(answer: Json) -> Json:
        amount = (
            "" if outbound.dry else text(translate.amount_remaining(answer), str(answer["currency"]).upper())
        )
        return {"auto_advance": False, "collects": collects, REMAINING: amount}

    params = {"auto_advance": False, **PAYMENTS}
    try:
        return outbound.look(
            "look", "invoices.update", params, target=stripe_id, annotate=notes, about=mapping
        )
    except Rejected as refusal:
        if refusal.connection_is_broken:
            raise
        return read(outbound, stripe_id)


def read(outbound: Outbound, stripe_id: str, annotate: Callable[[Json], Json] | None = None) -> Json:
    """The invoice with its payments, without changing anything."""
    return outbound.look("read", "invoices.retrieve", PAYMENTS, target=stripe_id, annotate=annotate)
