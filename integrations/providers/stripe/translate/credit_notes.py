"""Credit notes: Stripe's to billing's facts."""

from datetime import datetime
from decimal import Decimal

from billing.facts import CreditLineFacts, CreditNoteFacts
from integrations.providers.stripe.translate import metadata, statuses
from integrations.providers.stripe.translate.fields import Json, instant_of, listed, text_of
from integrations.providers.stripe.translate.money import from_minor, unit_from_minor


def facts_of(note: Json) -> CreditNoteFacts:
    """What Stripe's credit note says (page "The Credit Note object")."""
    currency = str(note["currency"])
    before = int(note["pre_payment_amount"])
    after = int(note["amount"]) - before
    refunded = min(sum(int(one["amount_refunded"]) for one in note.get("refunds") or ()), after)
    out_of_band = min(int(note.get("out_of_band_amount") or 0), after - refunded)
    parts = (before, refunded, after - refunded - out_of_band, out_of_band)
    before_payment, gone_back, to_balance, elsewhere = (from_minor(one, currency) for one in parts)
    return CreditNoteFacts(
        gateway_credit_note_id=str(note["id"]),
        before_payment=before_payment,
        refunded=gone_back,
        to_balance=to_balance,
        out_of_band=elsewhere,
        status=statuses.CREDIT_NOTE[note["status"]],
        issued_at=instant_of(note.get("effective_at") or note["created"]),
        voided_at=_voided_at(note),
        number=text_of(note, "number", 100),
        reason=text_of(note, "reason", 50),
        memo=text_of(note, "memo", 5000),
        pdf_url=text_of(note, "pdf", 2048),
        lines=tuple(_line(one, currency) for one in listed(note.get("lines"))),
        credit_note_id=metadata.of(note).get(metadata.CREDIT_NOTE_ID, ""),
        metadata=metadata.custom(note),
    )


def _voided_at(note: Json) -> datetime | None:
    return instant_of(note.get("voided_at") or note["created"]) if note["status"] == "void" else None


def _line(line: Json, currency: str) -> CreditLineFacts:
    unit = line.get("unit_amount_decimal")
    taxes = line.get("taxes") or ()
    exclusive = sum(int(one["amount"]) for one in taxes if one.get("tax_behavior") == "exclusive")
    whole = int(line["amount"]) - int(line.get("discount_amount") or 0) + exclusive
    return CreditLineFacts(
        description=text_of(line, "description", 500),
        quantity=None if line.get("quantity") is None else Decimal(line["quantity"]),
        unit_amount=None if unit is None else unit_from_minor(unit, currency),
        amount=from_minor(whole, currency),
    )
