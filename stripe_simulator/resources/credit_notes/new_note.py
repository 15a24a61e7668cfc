"""A new credit note: every check, and every attribute of the pinned API version."""

from dataclasses import dataclass
from typing import Any

from ...errors import InvalidRequest, missing
from ...metadata import merged
from ...state.account import Account, Object
from ..invoices.pending import refuse_pending
from ..invoices.taxes import tax_totals
from .amounts import credited_amount, split, type_of
from .lines import credited_lines, note_discounts
from .refunds import linked_refunds, refundable_charge

_CREDITABLE = ("open", "paid", "uncollectible")


@dataclass(frozen=True)
class Prepared:
    """A credit note that passed every check, and is not yet stored; the charge is the one to refund."""

    invoice: Object
    note: Object
    lines: list[Object]
    charge: Object | None


def prepare(account: Account, params: dict[str, Any]) -> Prepared:
    """Return the credit note that these parameters describe; nothing is changed."""
    invoice = account.get("invoice", params["invoice"], "invoice")
    _check_invoice(account, invoice, params)
    lines = credited_lines(account, invoice, params.get("lines"))
    amount = credited_amount(params, lines)
    linked = linked_refunds(account, invoice, params.get("refunds"))
    pre, post = split(account, invoice, params, amount, sum(refund["amount_refunded"] for refund in linked))
    charge = refundable_charge(account, invoice, params.get("refund_amount", 0))
    note = (
        _new_note(account, invoice, params)
        | _amounts(lines, amount)
        | {
            "pre_payment_amount": pre,
            "post_payment_amount": post,
            "type": type_of(pre, post),
            "refunds": linked,
        }
    )
    return Prepared(invoice, note, lines, charge)


def _check_invoice(account: Account, invoice: Object, params: dict[str, Any]) -> None:
    """Refuse an invoice that cannot be credited.

    "Open invoices can't have a credit note with a pending payment_intent" (page "Issue credit notes").
    """
    if invoice["status"] not in _CREDITABLE:
        raise InvalidRequest(
            f"Credit notes cannot be made for {invoice['status']} invoices.", param="invoice"
        )
    refuse_pending(account, invoice)
    if params.get("shipping_cost") is not None:
        rate = params["shipping_cost"].get("shipping_rate")
        raise missing("shipping_rate", str(rate), "shipping_cost[shipping_rate]")


def _new_note(account: Account, invoice: Object, params: dict[str, Any]) -> Object:
    number = len(invoice.get("_credit_notes", [])) + 1
    return {
        "id": account.new_id("cn"),
        "object": "credit_note",
        "created": account.now,
        "currency": invoice["currency"],
        "customer": invoice["customer"],
        "customer_balance_transaction": None,
        "effective_at": params.get("effective_at", account.now),
        "invoice": invoice["id"],
        "livemode": False,
        "memo": params.get("memo"),
        "metadata": merged({}, params.get("metadata") or {}),
        "number": f"{invoice['number']}-CN-{number:02d}",
        "out_of_band_amount": params.get("out_of_band_amount"),
        "pdf": invoice["invoice_pdf"],
        "reason": params.get("reason"),
        "shipping_cost": None,
        "status": "issued",
        "voided_at": None,
        "_lines": [],
    }


def _amounts(lines: list[Object], amount: int) -> Object:
    """Return the totals, in minor units."""
    taxes, discounts = tax_totals(lines), note_discounts(lines)
    tax = sum(entry["amount"] for entry in taxes)
    exclusive = sum(entry["amount"] for entry in taxes if entry["tax_behavior"] == "exclusive")
    off = sum(entry["amount"] for entry in discounts)
    return {
        "amount": amount,
        "amount_shipping": 0,
        "discount_amount": off,
        "discount_amounts": discounts,
        "pretax_credit_amounts": [discount | {"type": "discount"} for discount in discounts],
        "subtotal": amount - exclusive + off,
        "subtotal_excluding_tax": amount - tax + off,
        "total": amount,
        "total_excluding_tax": amount - tax,
        "total_taxes": taxes,
    }
