"""An invoice item as the API shows it: what its line says, in its own words."""

from ..account import Account, Object


def item_of_line(account: Account, line: Object, customer: str) -> Object:
    """Add the item behind a line. Without an invoice the line itself waits inside the item."""
    details = line["parent"]["invoice_item_details"]
    item = {
        "id": details["invoice_item"],
        "object": "invoiceitem",
        "customer": customer,
        "date": account.now,
        "invoice": line["invoice"],
        "livemode": False,
        "parent": None,
        "proration": False,
        "test_clock": None,
        "_line": line["id"] if line["invoice"] else None,
        "_pending": None if line["invoice"] else line,
    }
    show_line(account, item, line)
    account.add(item)
    account.emit("invoiceitem.created", item)
    return item


def show_line(account: Account, item: Object, line: Object) -> None:
    """Repeat on the item what its line says."""
    names = (
        "amount",
        "currency",
        "description",
        "discountable",
        "discounts",
        "metadata",
        "period",
        "pricing",
    )
    item.update({name: line[name] for name in names})
    item.update(
        net_amount=line["amount"],
        quantity=line["quantity"] if line["quantity"] is not None else 0,
        quantity_decimal=line["quantity_decimal"],
        tax_rates=[account.render(account.objects[id]) for id in line["_tax_rates"]],
    )


def pending_lines(account: Account, customer: str, currency: str) -> list[Object]:
    """Items that wait for the customer's next invoice in this currency, newest first."""
    return [
        item
        for item in account.all("invoiceitem")
        if item["customer"] == customer and item["invoice"] is None and item["currency"] == currency
    ]


def assign(account: Account, item: Object, invoice: Object) -> None:
    """Put a pending item on a draft."""
    line = account.add(item["_pending"] | {"id": account.new_id("il"), "invoice": invoice["id"]})
    invoice["_lines"].append(line["id"])
    item.update(invoice=invoice["id"], _line=line["id"], _pending=None)
