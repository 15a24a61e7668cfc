"""Issues credit notes of FlexSync for Stripe's invoice, and voids them there (page "Issue credit notes")."""

from django.utils import timezone

from billing.events import Kind
from billing.models import CreditNote, Invoice
from billing.models.credit_notes import CreditNoteStatus
from billing.models.refunds import RefundState
from billing.services.invoices import credit_note_voids, reported_credit_notes
from integrations.errors import Rejected
from integrations.models import EntityMapping
from integrations.provider_api import Json, Outbound
from integrations.providers.stripe.push import collection, credit_note_lines, endings
from integrations.providers.stripe.translate import credit_note_params
from integrations.providers.stripe.translate import credit_notes as translate
from integrations.providers.stripe.translate.money import to_minor

GATEWAY = "stripe"
# Stripe takes credit notes of an invoice in these stages only.
_CREDITABLE = ("finalized", "uncollectible")


def needs_push(credit_note_id: str) -> bool:
    """Whether an announced change asks for a push: it is not at Stripe, or voided; its invoice is there."""
    note = CreditNote.objects.filter(pk=credit_note_id).first()
    if note is None or (note.status == CreditNoteStatus.ISSUED and note.gateway_credit_note_id):
        return False
    return EntityMapping.objects.filter(entity_type=Kind.INVOICE, entity_id=note.invoice_id).exists()


def push(outbound: Outbound) -> None:
    """Issues the credit note at Stripe, or voids it there."""
    note = CreditNote.objects.select_related("invoice").get(
        pk=outbound.entity_id, environment_id=outbound.environment_id
    )
    stripe_id = outbound.provider_id_of(Kind.INVOICE, note.invoice_id)
    if note.connection_id not in ("", outbound.connection_id):
        outbound.skip("credit", "The credit note belongs to another connection.")
    elif note.status == CreditNoteStatus.VOIDED:
        _void(outbound, note)
    elif note.gateway_credit_note_id:
        outbound.skip("credit", "Stripe has the credit note.")
    elif stripe_id is None or not is_creditable(outbound, note.invoice):
        outbound.skip(
            "credit", "Stripe has no final invoice; the invoice's own push will issue the credit note."
        )
    elif _waits_for_refunds(note):
        outbound.skip("credit", "Waits for its refunds: once Stripe has them, the credit note is issued.")
    else:
        _issue(outbound, note, stripe_id)
        if not outbound.dry:
            collection.adjust(outbound, note.invoice, stripe_id)


def is_creditable(outbound: Outbound, invoice: Invoice) -> bool:
    """Whether Stripe's invoice is final; one that was made there is, as far as FlexSync knows."""
    return invoice.is_external or outbound.notes_of(Kind.INVOICE, invoice.pk).get("stage") in _CREDITABLE


def issue_waiting(outbound: Outbound, invoice: Invoice, stripe_id: str) -> bool:
    """Issues what was credited before the invoice came to Stripe; returns whether there was anything."""
    notes = list(collection.unsent_credit_notes(invoice.pk).order_by("created_at", "pk"))
    for note in notes:
        if note.connection_id in ("", outbound.connection_id) and not _waits_for_refunds(note):
            _issue(outbound, note, stripe_id)
    return bool(notes)


def _issue(outbound: Outbound, note: CreditNote, stripe_id: str) -> None:
    lines = credit_note_lines.params(outbound, note, stripe_id)
    params = credit_note_params.create(note, stripe_id, lines, _refunds(note))
    link = (Kind.CREDIT_NOTE, note.pk)
    try:
        response = outbound.once(f"credit-{note.pk}", "credit_notes.create", params, link=link)
    except Rejected as refusal:
        if refusal.connection_is_broken or note.refunds.exists():
            raise
        endings.look_after_refusal(outbound, stripe_id)
        named = {"environment_id": note.environment_id, "credit_note_id": note.pk}
        credit_note_voids.void(**named, now=timezone.now())
        raise Rejected(f"{refusal} So the credit note {note} is void here too.") from refusal
    if not outbound.dry and "pre_payment_amount" in response:
        _record(outbound, note, response)


def _waits_for_refunds(note: CreditNote) -> bool:
    """Whether Stripe does not have all refunds yet; each announces the credit note again once it is there."""
    return note.refunds.filter(status=RefundState.PENDING, gateway_refund_id="").exists()


def _refunds(note: CreditNote) -> dict[str, int]:
    """The note's refunds (minor units) by Stripe's ids; raises Rejected for a failed one."""
    refunds = list(note.refunds.all())
    if failed := [one.pk for one in refunds if one.status in (RefundState.FAILED, RefundState.CANCELLED)]:
        raise Rejected(
            f"The credit note {note.pk} cannot be issued at Stripe, because a refund that it names came to nothing:"
            f" {', '.join(failed)}. Give that money back in another way, issue the credit note in Stripe's dashboard,"
            " and cancel this sync."
        )
    return {one.gateway_refund_id: to_minor(one.amount, one.currency) for one in refunds}


def _void(outbound: Outbound, note: CreditNote) -> None:
    stripe_id = outbound.provider_id_of(Kind.CREDIT_NOTE, note.pk)
    if stripe_id is None:
        outbound.skip("void", "The credit note was never issued at Stripe.")
        return
    try:
        outbound.once(f"void-{note.pk}", "credit_notes.void_credit_note", {}, target=stripe_id)
    except Rejected as refusal:
        if refusal.connection_is_broken:
            raise
        _keep(outbound, note, stripe_id, refusal)


def _keep(outbound: Outbound, note: CreditNote, stripe_id: str, refusal: Rejected) -> None:
    """The refused one is issued here again, unless somebody has voided it at Stripe; raises Rejected."""
    if outbound.look("read", "credit_notes.retrieve", {}, target=stripe_id)["status"] == "void":
        return
    endings.look_after_refusal(outbound, str(outbound.provider_id_of(Kind.INVOICE, note.invoice_id)))
    credit_note_voids.restore(environment_id=note.environment_id, credit_note_id=note.pk)
    raise Rejected(f"{refusal} So the credit note {note} stays issued here too.") from refusal


def _record(outbound: Outbound, note: CreditNote, response: Json) -> None:
    """Takes over how Stripe divided the amount, its number and its PDF."""
    reported_credit_notes.record(
        environment_id=outbound.environment_id,
        invoice_id=note.invoice_id,
        facts=translate.facts_of(response),
        gateway=GATEWAY,
        connection_id=outbound.connection_id,
        origin=outbound.connection_id,
    )
