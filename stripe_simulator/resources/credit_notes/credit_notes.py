"""Credit notes: less owed on an open invoice, money back on a paid one.

Source: Stripe docs, "Generate credit notes programmatically".
"""

from ...errors import InvalidRequest
from ...listing import embedded_list, listable, paged, retrievable
from ...metadata import merged
from ...operations import Call, operation
from ...state.account import COMPOSERS, Account, Object
from ..invoices.pending import refuse_pending
from .new_note import prepare
from .settlement import allocate, lower_invoice, raise_invoice

listable("credit_notes.list", "credit_note", "customer", "invoice")
retrievable("credit_notes.retrieve", "credit_note")


@operation("credit_notes.create")
def create(call: Call) -> Object:
    """Credit lines or an amount; on a paid invoice the parameters must say where the money goes."""
    account, params = call.account, call.params
    prepared = prepare(account, params)
    invoice = prepared.invoice
    for line in prepared.lines:
        account.add(line)
    note = account.add(prepared.note | {"_lines": [line["id"] for line in prepared.lines]})
    invoice["_credit_notes"] = [*invoice.get("_credit_notes", []), note["id"]]
    lower_invoice(account, invoice, note["pre_payment_amount"], note["post_payment_amount"])
    allocate(account, note, params, prepared.charge)
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
    refuse_pending(account, invoice)
    note.update(status="void", voided_at=account.now)
    raise_invoice(account, invoice, note["pre_payment_amount"])
    account.emit("credit_note.voided", note)
    return account.render(note)


@operation("credit_notes.line_items.list")
def list_lines(call: Call) -> Object:
    """List the credited lines."""
    note = call.account.get("credit_note", call.id)
    return paged(call, [call.account.objects[id] for id in note["_lines"]])


def _compose(account: Account, note: Object, shown: Object) -> None:
    lines = [account.objects[id] for id in note["_lines"]]
    shown["lines"] = embedded_list(account, lines, f"/v1/credit_notes/{note['id']}/lines")


COMPOSERS["credit_note"] = _compose
