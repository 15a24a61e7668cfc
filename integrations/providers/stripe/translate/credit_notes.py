"""Credit notes: Stripe's to billing's facts."""

from datetime import datetime

from billing.facts import ZERO, CreditLineFacts, CreditNoteFacts
from integrations.providers.stripe.translate import metadata, statuses
from integrations.providers.stripe.translate.amounts import (
    read_amount,
    read_currency,
    read_unit_amount,
)
from integrations.providers.stripe.translate.fields import (
    Json,
    read_instant,
    read_list,
    read_member,
    read_objects,
    read_quantity,
    read_time,
    text_of,
)


def facts_of(note: Json) -> CreditNoteFacts:
    """What Stripe's credit note says (page "The Credit Note object")."""
    currency = read_currency(note)
    before = read_amount(note, "pre_payment_amount", currency)
    after = read_amount(note, "amount", currency) - before
    refunds = (read_amount(one, "amount_refunded", currency) for one in read_objects(note, "refunds"))
    refunded = min(sum(refunds, ZERO), after)
    out_of_band = min(read_amount(note, "out_of_band_amount", currency, 0), after - refunded)
    return CreditNoteFacts(
        gateway_credit_note_id=str(note["id"]),
        before_payment=before,
        refunded=refunded,
        to_balance=after - refunded - out_of_band,
        out_of_band=out_of_band,
        status=read_member(note, "status", statuses.CREDIT_NOTE),
        issued_at=read_time(note, "effective_at") or read_instant(note, "created"),
        voided_at=_voided_at(note),
        number=text_of(note, "number"),
        reason=text_of(note, "reason"),
        memo=text_of(note, "memo"),
        pdf_url=text_of(note, "pdf"),
        lines=tuple(_line(one, currency) for one in read_list(note, "lines")),
        credit_note_id=metadata.of(note).get(metadata.CREDIT_NOTE_ID, ""),
        metadata=metadata.custom(note),
    )


def _voided_at(note: Json) -> datetime | None:
    if note["status"] != "void":
        return None
    return read_time(note, "voided_at") or read_instant(note, "created")


def _line(line: Json, currency: str) -> CreditLineFacts:
    taxes = (one for one in read_objects(line, "taxes") if one.get("tax_behavior") == "exclusive")
    exclusive = sum((read_amount(one, "amount", currency) for one in taxes), ZERO)
    discount = read_amount(line, "discount_amount", currency, 0)
    is_counted = any(line.get(name) is not None for name in ("quantity", "quantity_decimal"))
    return CreditLineFacts(
        description=text_of(line, "description"),
        quantity=read_quantity(line) if is_counted else None,
        unit_amount=read_unit_amount(line, "unit_amount", currency),
        amount=read_amount(line, "amount", currency) - discount + exclusive,
    )
