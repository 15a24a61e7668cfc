"""Credit notes: less owed on an open invoice, money back on a paid one.

Source: Stripe docs, "Credit notes".
"""

from typing import Any

from ...errors import InvalidRequest
from ...listing import embedded_list, listable, paged, retrievable
from ...metadata import merged
from ...operations import Call, operation
from ...state.account import COMPOSERS, Account, Object
from .lines import credited_lines, line_total, note_discounts, note_taxes
from .settlement import allocate, linked_refunds, lower_invoice, raise_invoice

listable("credit_notes.list", "credit_note", "customer", "invoice")
retrievable("credit_notes.retrieve", "credit_note")


@operation("credit_notes.create")
def create(call: Call) -> Object:
    """Credit lines or an amount; on a paid invoice the parameters must say where the money goes."""
    account, params = call.account, call.params
    invoice = account.get("invoice", params["invoice"], "invoice")
    if invoice["status"] not in ("open", "paid", "uncollectible"):
        raise InvalidRequest(
            f"Credit notes cannot be made for {invoice['status']} invoices.", param="invoice"
        )
    lines = credited_lines(account, invoice, params.get("lines"))
    amount = _amount(params, lines)
    refunds = linked_refunds(account, invoice, params.get("refunds"))
    pre, post = _split(invoice, params, amount, sum(refund["amount_refunded"] for refund in refunds))
    note = _new_note(account, invoice, params, lines, amount)
    note.update(pre_payment_amount=pre, post_payment_amount=post, type=_type(pre, post))
    metadata = merged({}, params.get("metadata", {}))
    for line in lines:
        account.add(line)
    account.add(note | {"metadata": metadata, "refunds": refunds})
    note = account.objects[note["id"]]
    lower_invoice(account, invoice, pre, post)
    allocate(account, invoice, note, params, post)
    account.emit("credit_note.created", note)
    return account.render(note)


@operation("credit_notes.update")
def update(call: Call) -> Object:
    """Change the memo or metadata."""
    account, params = call.account, call.params
    note = account.get("credit_note", call.id)
    metadata = merged(note["metadata"], params.get("metadata", {}))
    with account.changing(note, "credit_note.updated"):
        note["metadata"] = metadata
        if "memo" in params:
            note["memo"] = params["memo"]
    return account.render(note)


@operation("credit_notes.void_credit_note")
def void_credit_note(call: Call) -> Object:
    """Void a credit note that has only lowered an open invoice."""
    account = call.account
    note = account.get("credit_note", call.id)
    invoice = account.objects[note["invoice"]]
    if note["status"] == "void" or note["type"] != "pre_payment" or invoice["status"] != "open":
        raise InvalidRequest("Only issued credit notes of an invoice that is still open can be voided.")
    note.update(status="void", voided_at=account.now)
    raise_invoice(account, invoice, note["pre_payment_amount"])
    account.emit("credit_note.voided", note)
    return account.render(note)


@operation("credit_notes.line_items.list")
def list_lines(call: Call) -> Object:
    """List the credited lines."""
    note = call.account.get("credit_note", call.id)
    return paged(call, [call.account.objects[id] for id in note["_lines"]])


def _amount(params: dict[str, Any], lines: list[Object]) -> int:
    from_lines = sum(line_total(line) for line in lines)
    amount: int = params.get("amount", from_lines)
    if amount <= 0:
        raise InvalidRequest("A credit note needs an amount greater than zero.", param="amount")
    if lines and amount != from_lines:
        raise InvalidRequest(f"The lines add up to {from_lines}, not to {amount}.", param="amount")
    return amount


def _split(invoice: Object, params: dict[str, Any], amount: int, linked: int) -> tuple[int, int]:
    """Return the amount that lowers what is still owed, and the amount that goes back."""
    pre = min(amount, invoice["amount_remaining"])
    post = amount - pre
    creditable = invoice["amount_paid"] - invoice["post_payment_credit_notes_amount"]
    if post > creditable:
        raise InvalidRequest(
            f"The credit note's amount ({amount}) is more than the invoice's creditable amount ({pre + creditable}).",
            param="amount",
        )
    given = sum(params.get(name, 0) for name in ("refund_amount", "credit_amount", "out_of_band_amount"))
    given += linked
    if given != post:
        raise InvalidRequest(
            f"The sum of credit_amount, refund_amount, out_of_band_amount and refunds ({given}) must equal the post-payment"
            f" amount ({post}).",
            param="refund_amount",
        )
    return pre, post


def _type(pre: int, post: int) -> str:
    return "mixed" if pre and post else "post_payment" if post else "pre_payment"


def _new_note(
    account: Account, invoice: Object, params: dict[str, Any], lines: list[Object], amount: int
) -> Object:
    invoice["_notes"] = invoice.get("_notes", 0) + 1
    id = account.new_id("cn")
    taxes = note_taxes(lines)
    exclusive = sum(tax["amount"] for tax in taxes if tax["tax_behavior"] == "exclusive")
    discounts = note_discounts(lines)
    off = sum(discount["amount"] for discount in discounts)
    return {
        "id": id,
        "object": "credit_note",
        "amount": amount,
        "amount_shipping": 0,
        "created": account.now,
        "currency": invoice["currency"],
        "customer": invoice["customer"],
        "customer_balance_transaction": None,
        "discount_amount": off,
        "discount_amounts": discounts,
        "effective_at": params.get("effective_at", account.now),
        "invoice": invoice["id"],
        "livemode": False,
        "memo": params.get("memo"),
        "number": f"{invoice['number']}-CN-{invoice['_notes']:02d}",
        "out_of_band_amount": params.get("out_of_band_amount"),
        "pdf": invoice["invoice_pdf"],
        "pretax_credit_amounts": [discount | {"type": "discount"} for discount in discounts],
        "reason": params.get("reason"),
        "refunds": [],
        "shipping_cost": None,
        "status": "issued",
        "subtotal": amount - exclusive + off,
        "subtotal_excluding_tax": amount - sum(tax["amount"] for tax in taxes) + off,
        "total": amount,
        "total_excluding_tax": amount - sum(tax["amount"] for tax in taxes),
        "total_taxes": taxes,
        "voided_at": None,
        "_lines": [line["id"] for line in lines],
    }


def _compose(account: Account, note: Object, shown: Object) -> None:
    lines = [account.objects[id] for id in note["_lines"]]
    shown["lines"] = embedded_list(account, lines, f"/v1/credit_notes/{note['id']}/lines")


COMPOSERS["credit_note"] = _compose
