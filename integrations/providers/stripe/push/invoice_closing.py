"""Voids, deletes or writes off an invoice at Stripe (page "Status transitions and finalization")."""

from billing.events import Kind
from billing.models import Invoice
from integrations.provider_api import ASKS, Outbound
from integrations.providers.stripe.push import applied_balance, endings, finalization, looks
from integrations.providers.stripe.push.endings import DELETED, PAID, UNCOLLECTIBLE, VOIDED, Ending

# What was paid before it could be voided is paid in excess.
_VOID = Ending(
    "void",
    "invoices.void_invoice",
    VOIDED,
    ("void", "paid"),
    "Refund what was paid, or credit what is left with a credit note; it stays what it is at Stripe.",
)
_WRITE_OFF = Ending(
    "uncollectible",
    "invoices.mark_uncollectible",
    UNCOLLECTIBLE,
    ("uncollectible", "paid", "void"),
    "Wait until the payment there has ended, then retry this sync.",
)


def void(outbound: Outbound, invoice: Invoice) -> None:
    """Voids Stripe's invoice; one that is still a draft can only be deleted there.

    One that was paid before is not owed either: what the customer's balance did to it is undone.
    """
    stage = outbound.notes_of(Kind.INVOICE, invoice.pk).get("stage")
    stripe_id = outbound.provider_id_of(Kind.INVOICE, invoice.pk)
    if stripe_id is None:
        outbound.skip("void", "The invoice was never sent to Stripe.")
    elif stage in (VOIDED, DELETED, PAID):
        outbound.skip("void", f"Stripe's invoice is already {stage}.")
    elif stage in ("draft", "lines"):
        noted = {"stage": DELETED, ASKS: False}
        outbound.once("delete", "invoices.delete", {}, target=stripe_id, annotate=lambda _response: noted)
    else:
        endings.end(outbound, invoice.pk, _VOID)
    if stripe_id is not None and outbound.notes_of(Kind.INVOICE, invoice.pk).get("stage") == PAID:
        _undo_balance(outbound, invoice, stripe_id)


def _undo_balance(outbound: Outbound, invoice: Invoice, stripe_id: str) -> None:
    if finalization.BALANCE_APPLIED not in outbound.notes_of(Kind.INVOICE, invoice.pk):
        found = looks.read(outbound, stripe_id)
        noted = {finalization.BALANCE_APPLIED: finalization.balance_applied(found)}
        outbound.observe(Kind.INVOICE, found, notes=noted)
    applied_balance.give_back(outbound, invoice, "voided before it was paid")


def mark_uncollectible(outbound: Outbound, invoice: Invoice) -> None:
    """Marks Stripe's invoice as uncollectible: it can still be paid, but that is no longer expected.

    A later push looks whether it was: nothing else does, because nobody asks for its money any more.
    """
    stage = outbound.notes_of(Kind.INVOICE, invoice.pk).get("stage")
    if stage == UNCOLLECTIBLE:
        found = looks.read(outbound, str(outbound.provider_id_of(Kind.INVOICE, invoice.pk)))
        outbound.observe(Kind.INVOICE, found)
    elif stage in (VOIDED, PAID):
        outbound.skip("uncollectible", f"Stripe's invoice is already {stage}.")
    else:
        endings.end(outbound, invoice.pk, _WRITE_OFF)
