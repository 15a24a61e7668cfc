"""Finalizes Stripe's draft, and sees what became of it (page "Status transitions and finalization")."""

from collections.abc import Callable
from functools import partial
from typing import Any

from billing.events import Kind
from billing.facts import InvoiceFacts
from billing.models import Invoice
from billing.services.invoices import invoices
from integrations.errors import Rejected
from integrations.provider_api import ASKS, UNSEEN, Json, Outbound
from integrations.providers.stripe.push import collection, looks
from integrations.providers.stripe.translate import invoice_lines
from integrations.providers.stripe.translate import invoices as translate

FINALIZED, PAID, STEP = "finalized", "paid", "finalize"
# Noted of a mirror: what was taken from the customer's balance (minor units), until it was given back.
BALANCE_APPLIED = "balance_applied"
# Noted of an invoice that was finalized with a total that is not FlexSync's: a person edited the draft.
OTHER_TOTAL = "other_total"


def finalize(
    outbound: Outbound,
    invoice: Invoice,
    facts: InvoiceFacts,
    stripe_id: str,
    *,
    collects: bool,
    is_mirror: bool = False,
) -> Json:
    """The finalized invoice; ``collects``: whether Stripe collects it, never a mirror.

    Raises Rejected where the total is not FlexSync's: what Stripe finalized cannot be changed any more.
    """
    total = invoice_lines.total(facts)
    notes = partial(_notes, collects=collects, total=total, is_mirror=is_mirror)
    response = _finalized(outbound, stripe_id, collects, notes)
    if not is_mirror and (links := translate.links(response)):
        invoices.set_links(environment_id=outbound.environment_id, invoice_id=invoice.pk, **links)
    refuse_other_total(outbound, invoice, stripe_id)
    if not outbound.dry and _shows_more(response):
        _observe(outbound, invoice, response)
    return response


def observe_again(outbound: Outbound, invoice: Invoice, stripe_id: str) -> None:
    """Looks at it where an earlier push stopped before it had applied what finalization showed."""
    if outbound.notes_of(Kind.INVOICE, invoice.pk).get(UNSEEN):
        _observe(outbound, invoice, looks.read(outbound, stripe_id))


def _observe(outbound: Outbound, invoice: Invoice, answer: Json) -> None:
    """Applies what it shows; what follows tells Stripe of money up to what it asks for now."""
    outbound.observe(Kind.INVOICE, answer, notes={UNSEEN: False})
    invoice.refresh_from_db()


def _finalized(outbound: Outbound, stripe_id: str, collects: bool, notes: Callable[[Json], Json]) -> Json:
    """The finalized invoice; Stripe refuses to finalize what a person has finalized there."""
    params = {"auto_advance": collects}
    try:
        return outbound.once(STEP, "invoices.finalize_invoice", params, target=stripe_id, annotate=notes)
    except Rejected as refusal:
        if refusal.connection_is_broken:
            raise
        found = looks.read(outbound, stripe_id, lambda answer: {} if _is_draft(answer) else notes(answer))
        if _is_draft(found):
            raise
        return found


def _notes(response: Json, *, collects: bool, total: int, is_mirror: bool) -> Json:
    advances = bool(response.get("auto_advance", collects))
    noted = {"stage": FINALIZED, "number": response.get("number"), "auto_advance": advances}
    noted |= {ASKS: not is_mirror and response.get("status") in (None, "open"), UNSEEN: _shows_more(response)}
    if is_mirror:
        noted |= _mirror_notes(response)
    if response.get("total", total) != total:
        noted[OTHER_TOTAL] = translate.breakdown(response)
    return {**noted, **translate.links(response)}


def _mirror_notes(response: Json) -> dict[str, Any]:
    paid = {"stage": PAID} if response.get("status") == "paid" else {}
    return {**paid, BALANCE_APPLIED: balance_applied(response)}


def balance_applied(stripe_invoice: Json) -> int:
    """What finalization added to the customer's balance: below 0 where it took debt from there."""
    ending, starting = (int(stripe_invoice.get(f"{name}_balance") or 0) for name in ("ending", "starting"))
    return ending - starting


def _is_draft(response: Json) -> bool:
    return bool(response["status"] == "draft")


def refuse_other_total(outbound: Outbound, invoice: Invoice, stripe_id: str) -> None:
    """Stops the collection of an invoice that was finalized with another total, and says what to do."""
    other = outbound.notes_of(Kind.INVOICE, invoice.pk).get(OTHER_TOTAL)
    if other is None:
        return
    collection.pause(outbound, invoice.pk, stripe_id)
    here = invoice_lines.breakdown(invoices.facts(invoice))
    raise Rejected(
        f"The amounts differ: Stripe finalized {stripe_id} with {other}, because its draft was changed there, and"
        f" FlexSync's invoice {invoice.pk} has {here} (in minor units of {invoice.currency}). Stripe does not collect"
        f" it, and it cannot be changed any more. Void {invoice.pk} here, which voids it there, and create another"
        " invoice over what is owed."
    )


def _shows_more(response: Json) -> bool:
    """Whether it asks for another amount than its total, or has ended already."""
    return bool(response["amount_due"] != response["total"] or response["status"] != "open")
