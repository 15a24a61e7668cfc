"""Invoice items: what is pending for a customer's next invoice, or already on a draft."""

from typing import Any

from ..account import Account, Object
from ..errors import InvalidRequest
from ..listing import page, retrievable
from ..operations import Call, operation
from .invoice_item_shape import item_of_line, show_line
from .invoice_line_changes import change_line, remove_line
from .invoice_lines import check_room, new_line
from .invoice_totals import recompute
from .invoices import refuse_finalized

retrievable("invoice_items.retrieve", "invoiceitem")
_NOT_OF_A_LINE = ("customer", "invoice", "currency", "expand", "subscription", "tax_behavior", "tax_code")


@operation("invoice_items.create")
def create(call: Call) -> Object:
    """On a draft if one is named, else pending for the next invoice that includes pending items."""
    account, params = call.account, call.params
    if not params.get("customer"):
        raise InvalidRequest("Missing required param: customer.", code="parameter_missing", param="customer")
    customer = account.get("customer", params["customer"], "customer")
    given = _of_line(params)
    invoice = account.get("invoice", params["invoice"], "invoice") if params.get("invoice") else None
    if invoice is None:
        currency = (
            params.get("currency")
            or given.get("price_data", {}).get("currency")
            or _currency(account, params)
        )
        line = new_line(account, {"id": None, "currency": currency.lower()}, given, "")
        return account.render(item_of_line(account, line, customer["id"]))
    refuse_finalized(invoice)
    check_room(invoice, 1)
    with account.changing(invoice, "invoice.updated"):
        line = account.add(new_line(account, invoice, given, ""))
        invoice["_lines"].append(line["id"])
        recompute(account, invoice)
        item = item_of_line(account, line, customer["id"])
    return account.render(item)


@operation("invoice_items.update")
def update(call: Call) -> Object:
    """Change an item until its invoice is finalized."""
    account = call.account
    item = account.get("invoiceitem", call.id)
    invoice = _editable_invoice(account, item)
    line = account.objects[item["_line"]] if invoice else item["_pending"]
    change_line(account, line, _of_line(call.params), "")
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
    """By customer, invoice, or only those that are pending."""
    params = call.params
    asked = {name: params[name] for name in ("customer", "invoice") if name in params}

    def wanted(item: Object) -> bool:
        fits = "pending" not in params or (item["invoice"] is None) == params["pending"]
        return fits and all(item[name] == asked[name] for name in asked)

    return page(call, "invoiceitem", wanted)


def _of_line(params: dict[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in params.items() if name not in _NOT_OF_A_LINE}
    if "unit_amount_decimal" in given:
        raise InvalidRequest(
            "The simulator takes amount, pricing or price_data.", param="unit_amount_decimal"
        )
    return given


def _currency(account: Account, params: dict[str, Any]) -> str:
    named = params.get("pricing", {}).get("price")
    return str(account.get("price", named, "pricing[price]")["currency"]) if named else "usd"


def _editable_invoice(account: Account, item: Object) -> Object | None:
    invoice = account.find("invoice", item["invoice"])
    if invoice is not None:
        refuse_finalized(invoice)
    return invoice
