"""Merges what both sides edit of an invoice: what an event or an answer shows of it."""

from billing.events import Kind
from billing.models import Invoice
from integrations.provider_api import LAST_KNOWN, Freshness, Inbound, Json
from integrations.providers.stripe.handlers.echoes import is_echo, key_of_call
from integrations.providers.stripe.merging.invoices import INVOICE, current


def restore(inbound: Inbound, invoice_id: str, event: Json) -> None:
    """The event of FlexSync's own call says what the call has replaced, however late it comes."""
    if is_echo(inbound, event):
        replaced = INVOICE.mergeable.replaced(event)
        inbound.restore(Kind.INVOICE, invoice_id, replaced, key_of_call(event))


def of_event(
    inbound: Inbound, invoice: Invoice, event: Json, stripe_invoice: Json, freshness: Freshness
) -> bool:
    """Takes over what was changed there; returns whether that changed the invoice here.

    An event that may be older than what is known is not believed: the invoice is read again.
    """
    stripe_id = stripe_invoice["id"]
    shown = _shown(inbound, invoice, stripe_invoice)
    differs = inbound.differs(Kind.INVOICE, stripe_id, shown)
    is_decided = not inbound.is_undecided(Kind.INVOICE, stripe_id)
    if is_decided and _says_nothing(inbound, event, stripe_invoice, shown=shown, differs=differs):
        return False
    may_be_older = freshness is Freshness.CONCURRENT or inbound.may_precede_look(Kind.INVOICE, stripe_id)
    if may_be_older and differs:
        stripe_invoice = inbound.read_again(Kind.INVOICE, "invoices.retrieve", stripe_id, {})
    before = _edited(invoice)
    observed(inbound, invoice, stripe_invoice)
    return before != _edited(invoice)


def _says_nothing(inbound: Inbound, event: Json, stripe_invoice: Json, *, shown: Json, differs: bool) -> bool:
    """Whether a call of FlexSync's caused it, it shows what is known, or it is over."""
    if is_echo(inbound, event):
        return True
    is_over = inbound.was_read_since(Kind.INVOICE, stripe_invoice["id"])
    return is_over if differs else shown == _known(inbound, stripe_invoice)


def observed(inbound: Inbound, invoice: Invoice, stripe_invoice: Json) -> None:
    """Takes over what an answer shows."""
    inbound.merge(Kind.INVOICE, invoice.pk, _shown(inbound, invoice, stripe_invoice))


def _shown(inbound: Inbound, invoice: Invoice, stripe_invoice: Json) -> Json:
    return current(invoice, stripe_invoice, _known(inbound, stripe_invoice))


def _known(inbound: Inbound, stripe_invoice: Json) -> Json:
    known: Json = inbound.notes_of(Kind.INVOICE, stripe_invoice["id"]).get(LAST_KNOWN, {})
    return known


def _edited(invoice: Invoice) -> tuple[object, ...]:
    return invoice.description, invoice.footer, invoice.due_date, dict(invoice.metadata)
