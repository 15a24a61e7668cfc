"""Credit notes: how much they are over, and where it went."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from billing.events import Kind
from billing.models import CreditNote
from billing.models.credit_notes import CreditNoteStatus
from billing.services.find import find
from integrations.models import EntityMapping
from integrations.provider_api import Comparable, Facts, Json, Place
from integrations.providers.stripe.comparing import debts
from integrations.providers.stripe.comparing.amounts import difference, texts
from integrations.providers.stripe.comparing.belongings import of_invoices
from integrations.providers.stripe.comparing.lists import whole
from integrations.providers.stripe.comparing.names import of_any
from integrations.providers.stripe.translate import credit_notes as translate
from integrations.providers.stripe.translate.amounts import read_currency
from integrations.providers.stripe.translate.fields import read_id, read_instant

_AMOUNTS = ("amount", "before_payment", "refunded", "to_balance", "out_of_band")


def _there(note: Json) -> Facts:
    facts = translate.facts_of(note)
    after = facts.refunded + facts.to_balance + facts.out_of_band
    amounts = {name: getattr(facts, name) for name in _AMOUNTS[1:]}
    return {
        "status": facts.status,
        **texts(read_currency(note), amount=facts.before_payment + after, **amounts),
    }


def _here(place: Place, note_id: str, _there: Facts) -> Facts:
    note = find(CreditNote, place.environment_id, [note_id])[note_id]
    amounts = {name: getattr(note, name) for name in _AMOUNTS}
    return {"status": note.status, "is_external": note.is_external, **texts(note.currency, **amounts)}


def _sent(connection_id: str) -> Q:
    """Those of invoices that are at Stripe, and that Stripe does not have."""
    invoices = EntityMapping.objects.filter(
        connection=connection_id, entity_type=Kind.INVOICE, entity_id=OuterRef("invoice_id"), gone_at=None
    )
    is_unsent = Q(status=CreditNoteStatus.ISSUED, gateway_credit_note_id="")
    return is_unsent & Q(connection_id__in=("", connection_id)) & Q(Exists(invoices))


def _at_stake(field: str, here: Facts, there: Facts) -> Any:
    return difference(field, here, there) if field in _AMOUNTS else (there or here)["amount"]


def _repair(field: str, here: Facts, _there: Facts) -> str:
    return "push" if field == "status" and here["status"] == CreditNoteStatus.VOIDED else "take"


def _debt(place: Place, note_id: str, note: Json) -> str:
    known = find(CreditNote, place.environment_id, [note_id])[note_id].invoice_id if note_id else None
    return debts.of(place, known, read_id(note, "invoice") if note else "")


CREDIT_NOTES = Comparable(
    name="credit notes",
    kind=Kind.CREDIT_NOTE,
    # Those of invoices that are on both sides have no switch.
    inbound=None,
    outbound=None,
    read=whole("credit_notes.list"),
    label=of_any,
    there=_there,
    here=_here,
    compared=("status", *_AMOUNTS),
    wanted=of_invoices,
    dated=lambda note: read_instant(note, "created"),
    sent=_sent,
    at_stake=_at_stake,
    repair=_repair,
    debt=_debt,
)
