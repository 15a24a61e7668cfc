"""An invoice item, created from its line and showing the line's attributes."""

from ...state.account import Account, Object
from ..test_clocks import clock_of

_COPIED = ("amount", "currency", "description", "discountable", "discounts", "metadata", "period", "pricing")


def item_of_line(account: Account, line: Object, customer: str, subscription: str | None = None) -> Object:
    """Add the item behind a line. A line without an invoice is stored inside the item."""
    details = line["parent"]["invoice_item_details"]
    details["subscription"] = line["subscription"] = subscription
    item = {
        "id": details["invoice_item"],
        "object": "invoiceitem",
        "customer": customer,
        "date": account.now,
        "frozen_fields": None,
        "invoice": line["invoice"],
        "invoicing_rules": None,
        "livemode": False,
        "parent": _parent(subscription),
        "proration": False,
        "test_clock": clock_of(account, customer),
        "_line": line["id"] if line["invoice"] else None,
        "_pending": None if line["invoice"] else line,
    }
    show_line(account, item, line)
    item = account.add(item)
    account.emit("invoiceitem.created", item)
    return item


def _parent(subscription: str | None) -> Object | None:
    if subscription is None:
        return None
    details = {"subscription": subscription, "subscription_item": None}
    return {"subscription_details": details, "type": "subscription_details"}


def show_line(account: Account, item: Object, line: Object) -> None:
    """Copy the line's attributes to the item."""
    item.update({name: line[name] for name in _COPIED})
    item.update(
        net_amount=line["amount"],
        quantity=line["quantity"] if line["quantity"] is not None else 0,
        quantity_decimal=line["quantity_decimal"],
        tax_rates=[account.render(account.objects[id]) for id in line["_tax_rates"]],
    )


def pending_items(
    account: Account, customer: str, currency: str, subscription: str | None = None
) -> list[Object]:
    """Return the items pending for the customer's next invoice in this currency, newest first.

    Those of a subscription wait for its own invoice. Source: API reference, "Create an invoice item".
    """
    return [
        item
        for item in account.having("invoiceitem", "customer", customer)
        if item["invoice"] is None
        and item["currency"] == currency
        and _subscription(item) in (None, subscription)
    ]


def _subscription(item: Object) -> str | None:
    named: str | None = ((item["parent"] or {}).get("subscription_details") or {}).get("subscription")
    return named


def assign(account: Account, item: Object, invoice: Object) -> None:
    """Put a pending item on a draft."""
    line = account.add(item["_pending"] | {"id": account.new_id("il"), "invoice": invoice["id"]})
    invoice["_lines"] = [*invoice["_lines"], line["id"]]
    item.update(invoice=invoice["id"], _line=line["id"], _pending=None)
