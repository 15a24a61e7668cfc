"""Adding lines to a draft. Source: Stripe API reference, "Bulk add invoice line items"."""

from typing import Any

from ...errors import InvalidRequest
from ...metadata import merged
from ...operations import Call, operation
from ...state.account import Account, Object
from .drafts import refuse_finalized
from .item_of_line import assign, item_of_line
from .lines import check_room, new_line
from .totals import recompute


@operation("invoices.add_lines")
def add_lines(call: Call) -> Object:
    """Add many lines at once; each has an invoice item, a new one unless a pending one is named."""
    account, params = call.account, call.params
    invoice = account.get("invoice", call.id)
    refuse_finalized(invoice)
    check_room(invoice, len(params["lines"]))
    metadata = merged(invoice["metadata"], params.get("invoice_metadata", {}))
    added = [
        _new_line_or_item(account, invoice, given, f"lines[{index}]")
        for index, given in enumerate(params["lines"])
    ]
    with account.changing(invoice, "invoice.updated"):
        invoice["metadata"] = metadata
        for new in added:
            if new["object"] == "invoiceitem":
                assign(account, new, invoice)
                continue
            line = account.add(new)
            invoice["_lines"] = [*invoice["_lines"], line["id"]]
            item_of_line(account, line, invoice["customer"])
        recompute(account, invoice)
    return account.render(invoice)


def _new_line_or_item(account: Account, invoice: Object, given: dict[str, Any], at: str) -> Object:
    """Return a new line, or the pending invoice item that becomes one."""
    if not given.get("invoice_item"):
        return new_line(account, invoice, given, at)
    item = account.get("invoiceitem", given["invoice_item"], f"{at}[invoice_item]")
    if item["invoice"] is not None or item["customer"] != invoice["customer"]:
        raise InvalidRequest(
            "This invoice item belongs to an invoice or to another customer.", param=f"{at}[invoice_item]"
        )
    return item
