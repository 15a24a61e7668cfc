"""Removing a line from a draft."""

from ...state.account import Account, Object


def remove_line(account: Account, invoice: Object, line: Object, keep_item: bool) -> None:
    """Remove a line from its invoice, and delete its invoice item unless that is kept."""
    invoice["_lines"] = [id for id in invoice["_lines"] if id != line["id"]]
    account.remove(line)
    item = account.find("invoiceitem", (line["parent"]["invoice_item_details"] or {}).get("invoice_item"))
    if item is not None and keep_item:
        item.update(invoice=None, _line=None, _pending=line | {"invoice": None})
    elif item is not None:
        account.emit("invoiceitem.deleted", item)
        account.remove(item)
