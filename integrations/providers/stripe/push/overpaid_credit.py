"""Takes back the credit that Stripe has made of what was overpaid (page "Customer credit balance").

An InvoicePayment beyond what remains becomes the invoice's amount_overpaid and the customer's credit: with
the refund alone, the customer would have it twice.
"""

from collections.abc import Iterable

from django.db.models import F, Q

from billing.events import Kind
from billing.models import Invoice, Payment, Refund
from billing.models.refunds import RefundState
from billing.services.payments.refundable import GONE
from integrations.provider_api import Json, Outbound
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate import refunds as translate
from integrations.providers.stripe.translate.fields import read_id, read_objects
from integrations.providers.stripe.translate.money import to_minor

# Begin notes on the invoice's mapping: a refund's id follows, and the value is an amount in minor units.
_TAKEN, _RETURNED = "credit taken ", "credit returned "
_UNASKED = Q(is_external=True) | Q(status__in=GONE)


def is_due(connection_id: str, payment_id: str) -> bool:
    """Whether refunds of more than is due were made at Stripe, or failed there: the credit has to follow."""
    credited = Payment.objects.filter(
        pk=payment_id,
        connection_id=connection_id,
        invoice__amount_paid__gt=F("invoice__amount_due"),
        refunds__in=Refund.objects.exclude(gateway_refund_id="").filter(_UNASKED),
    )
    return credited.exists()


def take_back(outbound: Outbound, payment: Payment) -> None:
    """Takes back, once for each refund that Stripe has confirmed, what of it the customer has as credit.

    Stripe confirms none of what was given back outside it.
    """
    invoice = payment.invoice
    stripe_id = outbound.provider_id_of(Kind.INVOICE, invoice.pk) if invoice else None
    if invoice is None or stripe_id is None or invoice.amount_paid <= invoice.amount_due:
        return
    for refund in _confirmed(payment, also_planned=outbound.dry):
        if f"{_TAKEN}{refund.pk}" not in outbound.notes_of(Kind.INVOICE, invoice.pk):
            _take(outbound, invoice, refund, stripe_id)


def give_again(outbound: Outbound, payment: Payment) -> None:
    """Gives the credit again whose refund has failed after all."""
    invoice = payment.invoice
    if invoice is None:
        return
    notes = outbound.notes_of(Kind.INVOICE, invoice.pk)
    for refund in payment.refunds.filter(status__in=GONE).order_by("pk"):
        taken = int(notes.get(f"{_TAKEN}{refund.pk}", 0))
        if taken and f"{_RETURNED}{refund.pk}" not in notes:
            _change(outbound, invoice, refund, -taken, f"{_RETURNED}{refund.pk}")


def _confirmed(payment: Payment, *, also_planned: bool) -> list[Refund]:
    """Those of a credit note give back what was due, of which there is no credit."""
    found = payment.refunds.filter(
        status__in=(RefundState.PENDING, RefundState.SUCCEEDED), credit_note__isnull=True
    )
    is_outside = not payment.gateway
    return [one for one in found.order_by("pk") if one.gateway_refund_id or is_outside or also_planned]


def _take(outbound: Outbound, invoice: Invoice, refund: Refund, stripe_id: str) -> None:
    answer = outbound.once(f"ask-credit-{refund.pk}", "invoices.retrieve", {}, target=stripe_id)
    if outbound.dry:
        outbound.skip(f"credit-{refund.pk}", "Stripe is asked first how much of it has become credit.")
        return
    notes = outbound.notes_of(Kind.INVOICE, invoice.pk)
    amount = min(to_minor(refund.amount, refund.currency), _credited(answer) - _taken(notes))
    if amount > 0 and refund.is_external:
        amount = min(amount, _left(outbound, invoice, refund, answer, _credited(answer) - _taken(notes)))
    if amount > 0:
        _change(outbound, invoice, refund, amount, f"{_TAKEN}{refund.pk}")
    else:
        outbound.skip(f"credit-{refund.pk}", "Stripe has made no credit of what was refunded.")


def _left(outbound: Outbound, invoice: Invoice, refund: Refund, stripe_invoice: Json, left: int) -> int:
    """What is left of the credit: who refunds at Stripe may take it there, or has issued a credit note."""
    if stripe_invoice.get("post_payment_credit_notes_amount"):
        params = {"invoice": stripe_invoice["id"], "limit": 100}
        notes = outbound.once(f"ask-notes-{refund.pk}", "credit_notes.list", params, repeatable=True)
        named = (one for note in read_objects(notes, "data") for one in read_objects(note, "refunds"))
        if refund.gateway_refund_id in {read_id(one, "refund") for one in named}:
            return 0
    customer = outbound.provider_id_of(Kind.CUSTOMER, invoice.customer_id)
    asked = outbound.once(
        f"ask-balance-{refund.pk}",
        "customers.balance_transactions.list",
        {"limit": 100},
        target=customer,
        repeatable=True,
    )
    return left - _taken_by_hand(read_objects(asked, "data"), str(stripe_invoice["id"]))


def _taken_by_hand(newest_first: Iterable[Json], stripe_invoice_id: str) -> int:
    """What others than FlexSync took of the customer's credit since the invoice has made some."""
    taken = 0
    for entry in newest_first:
        if entry["type"] == "invoice_overpaid" and read_id(entry, "invoice") == stripe_invoice_id:
            break
        if entry["type"] == "adjustment" and not metadata.of(entry).get(metadata.INVOICE_ID):
            taken += max(int(entry["amount"]), 0)
    return taken


def _credited(stripe_invoice: Json) -> int:
    return int(stripe_invoice.get("amount_overpaid") or 0)


def _taken(notes: Json) -> int:
    """What was taken so far, and not given again."""
    taken = sum(int(value) for name, value in notes.items() if name.startswith(_TAKEN))
    return taken - sum(int(value) for name, value in notes.items() if name.startswith(_RETURNED))


def _change(outbound: Outbound, invoice: Invoice, refund: Refund, amount: int, note: str) -> None:
    """Changes the balance by ``amount`` (minor units): a positive one takes credit."""
    outbound.once(
        f"{'credit' if amount > 0 else 'return'}-{refund.pk}",
        "customers.balance_transactions.create",
        translate.balance_params(refund.pk, refund.payment_id, invoice.pk, refund.currency, amount),
        target=outbound.provider_id_of(Kind.CUSTOMER, invoice.customer_id),
        annotate=lambda _response: {note: abs(amount)},
        about=(Kind.INVOICE, invoice.pk),
    )
