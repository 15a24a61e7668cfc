"""Sending an invoice to the customer."""

from ...errors import InvalidRequest
from ...operations import Call, operation
from ...state.account import Object
from .finalization import finalize


@operation("invoices.send_invoice")
def send_invoice(call: Call) -> Object:
    """Finalize a draft, and emit that it was sent.

    The simulator sends no mail, and neither does Stripe in test mode.
    """
    account = call.account
    invoice = account.get("invoice", call.id)
    if invoice["collection_method"] != "send_invoice":
        raise InvalidRequest(
            "You can only manually send an invoice if its collection method is 'send_invoice'."
        )
    if invoice["status"] not in ("draft", "open"):
        raise InvalidRequest("This invoice cannot be sent right now.")
    if invoice["status"] == "draft":
        finalize(account, invoice)
    account.emit("invoice.sent", invoice)
    return account.render(invoice)
