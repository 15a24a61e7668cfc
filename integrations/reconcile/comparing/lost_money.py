"""Invoices and credit notes that are gone with what they are about: no other one is as good there."""

from collections.abc import Sequence
from dataclasses import replace

from billing.events import Kind
from billing.models import CreditNote, Payment
from billing.models.payments import RECEIVED
from integrations.models import ComparisonRun
from integrations.models.findings import FindingKind, Repair, Suggestion
from integrations.reconcile.comparing.differences import Difference
from integrations.reconcile.comparing.vanished import Vanished

PAID = (
    "What was paid of it is gone at the provider, too: another one would ask for all of it again. Accept it, and ask for"
    " what remains with a new invoice."
)
NOTE = (
    "Its invoice is gone at the provider, too. One that is made there once more asks for the whole amount: credit that"
    " there by hand. Accept this."
)
WAITS = "Its invoice is gone at the provider: another one that is made there brings this along. If none is, accept it."


def of(run: ComparisonRun, kind: Kind, found: Sequence[Difference]) -> list[Difference]:
    """The differences; what nobody can make there as it was is to be accepted."""
    if kind not in (Kind.INVOICE, Kind.CREDIT_NOTE) or not found:
        return list(found)
    vanished, ids = Vanished(run), [one.entity_id for one in found]
    if kind == Kind.INVOICE:
        lost = _paid_there(vanished, ids)
        return [_told(one, PAID) if one.entity_id in lost and _is_made(one) else one for one in found]
    lost = _with_invoices(vanished, ids)
    return [_told(one, NOTE) if one.entity_id in lost else one for one in found]


def _told(one: Difference, why: str) -> Difference:
    if one.kind == FindingKind.GONE:
        return replace(one, suggested=Suggestion.ACCEPT.value, why=why)
    return replace(one, suggested="", why=WAITS) if why == NOTE else one


def _is_made(one: Difference) -> bool:
    return one.kind == FindingKind.GONE and one.suggested == Repair.PUSH


def _paid_there(vanished: Vanished, invoice_ids: Sequence[str]) -> set[str]:
    """Invoices of which something was paid through a gateway that has that payment no more."""
    paid = vanished.of(Kind.PAYMENT).filter(invoice__in=invoice_ids, status__in=RECEIVED).exclude(gateway="")
    return set(Payment.objects.filter(pk__in=paid).values_list("invoice_id", flat=True))


def _with_invoices(vanished: Vanished, note_ids: Sequence[str]) -> set[str]:
    gone = vanished.of(Kind.INVOICE)
    return set(CreditNote.objects.filter(pk__in=note_ids, invoice__in=gone).values_list("pk", flat=True))
