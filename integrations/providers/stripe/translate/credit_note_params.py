"""Credit notes of FlexSync as the parameters of Stripe's (page "Create a credit note")."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol

from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.fields import Json
from integrations.providers.stripe.translate.money import to_minor


class Note(Protocol):
    """What is read of a credit note."""

    pk: Any
    invoice_id: Any
    currency: Any
    amount: Any
    to_balance: Any
    out_of_band: Any
    reason: Any
    memo: Any
    metadata: Any


def create(
    note: Note, invoice: str, lines: list[dict[str, Any]], refunds: Mapping[str, int]
) -> dict[str, Any]:
    """The parameters of POST /v1/credit_notes; ``refunds``: minor units by Stripe's ids.

    Of what was paid already they say where it goes; how the amount is divided, Stripe decides.
    """
    ids = {metadata.CREDIT_NOTE_ID: note.pk, metadata.INVOICE_ID: note.invoice_id}
    reserved = {**ids, **metadata.SOURCE_IS_FLEXSYNC}
    params: dict[str, Any] = {"invoice": invoice, "metadata": metadata.merged(reserved, note.metadata)}
    params |= {"lines": lines} if lines else {"amount": to_minor(note.amount, note.currency)}
    params |= {name: value for name in ("reason", "memo") if (value := getattr(note, name))}
    back = {"credit_amount": note.to_balance, "out_of_band_amount": note.out_of_band}
    params |= {name: to_minor(amount, note.currency) for name, amount in back.items() if amount}
    if refunds:
        params["refunds"] = [
            {"type": "refund", "refund": refund, "amount_refunded": amount}
            for refund, amount in refunds.items()
        ]
    return params


def line(line: Json, currency: str, stripe_lines: Mapping[str, Json]) -> dict[str, Any]:
    """One line. To a line of the invoice Stripe would add its share of taxes and discounts, rounded its own
    way: where there are any, the line is one of its own, over what FlexSync credits.
    """
    amount = to_minor(Decimal(line["amount"]), currency)
    source = stripe_lines.get(line["invoice_line_item_id"] or "-")
    if source and not any(source.get(name) for name in ("taxes", "discount_amounts")):
        return {"type": "invoice_line_item", "invoice_line_item": source["id"], "amount": amount}
    description = line["description"] or "Credit"
    return {"type": "custom_line_item", "description": description, "quantity": 1, "unit_amount": amount}
