"""Invoice items: pending for a customer's next invoice, or already on a draft."""

from typing import Any

from ...amounts.currencies import checked_currency
from ...errors import InvalidRequest, missing
from ...listing import page, retrievable
from ...operations import Call, operation
from ...state.account import Account, Object
from .drafts import refuse_finalized
from .item_of_line import item_of_line, show_line
from .line_changes import change_line
from .line_removal import remove_line
from .lines import check_room, new_line
from .totals import recompute

retrievable("invoice_items.retrieve", "invoiceitem")
_OF_A_LINE = (
    "amount", "description", "discountable", "discounts", "metadata", "period", "price_data", "pricing",
    "quantity", "quantity_decimal", "tax_rates", "unit_amount_decimal",
)  # fmt: skip


@operation("invoice_items.create")
def create(call: Call) -> Object:
    """Create an item: on a draft if one is named, else pending for the next invoice that includes such."""
    account, params = call.account, call.params
    if not params.get("customer"):
        raise InvalidRequest("Missing required param: customer.", code="parameter_missing", param="customer")
    customer = account.get("customer", params["customer"], "customer")
    given = _of_line(params)
    subscription = _subscription(account, customer, params)
    invoice = account.get("invoice", params["invoice"], "invoice") if params.get("invoice") else None
    if invoice is None:
        home = {"id": None, "currency": _currency(account, customer, params), "customer": customer["id"]}
        line = new_line(account, home, given, "")
        return account.render(item_of_line(account, line, customer["id"], subscription))
    _check_invoice(invoice, customer, params)
    with account.changing(invoice, "invoice.updated"):
        line = account.add(new_line(account, invoice, given, ""))
        invoice["_lines"] = [*invoice["_lines"], line["id"]]
        recompute(account, invoice)
        item = item_of_line(account, line, customer["id"], subscription)
    return account.render(item)


def _check_invoice(invoice: Object, customer: Object, params: dict[str, Any]) -> None:
    refuse_finalized(invoice)
    check_room(invoice, 1)
    if invoice["customer"] != customer["id"]:
        raise InvalidRequest("The invoice belongs to another customer.", param="invoice")
    if params.get("currency") and params["currency"].lower() != invoice["currency"]:
        raise InvalidRequest(
            f"The currency of the invoice item must match the invoice's, {invoice['currency']}.",
            param="currency",
        )


def _subscription(account: Account, customer: Object, params: dict[str, Any]) -> str | None:
    """Return the subscription on whose next invoice the item will be."""
    if not params.get("subscription"):
        return None
    subscription = account.get("subscription", params["subscription"], "subscription")
    if subscription["customer"] != customer["id"] or subscription["status"] == "canceled":
        raise missing("subscription", subscription["id"], "subscription")
    return str(subscription["id"])


@operation("invoice_items.update")
def update(call: Call) -> Object:
    """Change an item until its invoice is finalized."""
    account = call.account
    item = account.get("invoiceitem", call.id)
    invoice = _editable_invoice(account, item)
    line = account.objects[item["_line"]] if invoice else dict(item["_pending"])
    change_line(account, line, _of_line(call.params), "")
    if invoice is None:
        item["_pending"] = line
    if invoice is not None:
        with account.changing(invoice, "invoice.updated"):
            recompute(account, invoice)
    show_line(account, item, line)
    return account.render(item)


@operation("invoice_items.delete")
def delete(call: Call) -> Object:
    """Delete an item until its invoice is finalized."""
    account = call.account
    item = account.get("invoiceitem", call.id)
    invoice = _editable_invoice(account, item)
    if invoice is None:
        account.emit("invoiceitem.deleted", item)
        account.remove(item)
    else:
        with account.changing(invoice, "invoice.updated"):
            remove_line(account, invoice, account.objects[item["_line"]], keep_item=False)
            recompute(account, invoice)
    return {"id": item["id"], "object": "invoiceitem", "deleted": True}


@operation("invoice_items.list")
def list_(call: Call) -> Object:
    """List items by customer, by invoice, or only the pending ones."""
    params = call.params
    filters: Object = {name: params[name] for name in ("customer", "invoice") if name in params}

    def matches(item: Object) -> bool:
        listed = "pending" not in params or (item["invoice"] is None) == params["pending"]
        return listed and all(item[name] == filters[name] for name in filters)

    return page(call, "invoiceitem", matches, by=filters)


def _of_line(params: dict[str, Any]) -> dict[str, Any]:
    return {name: params[name] for name in _OF_A_LINE if name in params}


def _currency(account: Account, customer: Object, params: dict[str, Any]) -> str:
    """Return the currency: as given, or the price's, or the customer's."""
    named = params.get("pricing", {}).get("price")
    priced = account.get("price", named, "pricing[price]")["currency"] if named else None
    given = params.get("currency") or params.get("price_data", {}).get("currency")
    return checked_currency(given or priced or customer["currency"] or "usd")


def _editable_invoice(account: Account, item: Object) -> Object | None:
    invoice = account.find("invoice", item["invoice"])
    if invoice is not None:
        refuse_finalized(invoice)
    return invoice
