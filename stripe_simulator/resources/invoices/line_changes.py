"""Changing and removing the lines of a draft.

Source: Stripe API reference, "Bulk update invoice line items".
"""

from decimal import Decimal
from typing import Any

from ...errors import missing
from ...metadata import merged
from ...operations import Call, operation
from ...state.account import Account, Object
from ..catalog.discounts import new_discounts
from .drafts import refuse_finalized
from .line_pricing import priced, requantified
from .line_removal import remove_line
from .lines import check_period, quantities, set_taxes
from .totals import recompute

_PRICING = ("amount", "price_data", "pricing", "quantity", "quantity_decimal", "unit_amount_decimal")


@operation("invoices.update_lines")
def update_lines(call: Call) -> Object:
    """Change many lines at once."""
    account, params = call.account, call.params
    invoice = account.get("invoice", call.id)
    refuse_finalized(invoice)
    changes = [
        (_line(account, invoice, given["id"], f"lines[{index}][id]"), given, f"lines[{index}]")
        for index, given in enumerate(params["lines"])
    ]
    metadata = merged(invoice["metadata"], params.get("invoice_metadata", {}))
    with account.changing(invoice, "invoice.updated"):
        invoice["metadata"] = metadata
        for line, given, at in changes:
            change_line(account, line, given, at)
        recompute(account, invoice)
    return account.render(invoice)


@operation("invoices.line_items.update")
def update_line(call: Call) -> Object:
    """Change one line."""
    account = call.account
    invoice = account.get("invoice", call.ids[0])
    refuse_finalized(invoice)
    line = _line(account, invoice, call.ids[1], "id")
    with account.changing(invoice, "invoice.updated"):
        change_line(account, line, call.params, "")
        recompute(account, invoice)
    return account.render(line)


@operation("invoices.remove_lines")
def remove_lines(call: Call) -> Object:
    """Remove many lines at once; `unassign` keeps their invoice items for a later invoice."""
    account, params = call.account, call.params
    invoice = account.get("invoice", call.id)
    refuse_finalized(invoice)
    lines = [
        (_line(account, invoice, given["id"], f"lines[{index}][id]"), given["behavior"])
        for index, given in enumerate(params["lines"])
    ]
    metadata = merged(invoice["metadata"], params.get("invoice_metadata", {}))
    with account.changing(invoice, "invoice.updated"):
        invoice["metadata"] = metadata
        for line, behavior in lines:
            remove_line(account, invoice, line, behavior == "unassign")
        recompute(account, invoice)
    return account.render(invoice)


def change_line(account: Account, line: Object, params: dict[str, Any], at: str) -> None:
    """Change what is given; a new quantity alone keeps the price."""
    _reprice(account, line, params, at)
    check_period(params, at)
    for name in ("description", "discountable", "period"):
        if name in params:
            line[name] = params[name]
    line["metadata"] = merged(line["metadata"], params.get("metadata", {}))
    if "discounts" in params:
        owner = {"invoice": line["invoice"], "base": line["amount"]}
        line["discounts"] = new_discounts(account, params["discounts"], line["currency"], **owner)
    set_taxes(account, line, params, at)


def _reprice(account: Account, line: Object, params: dict[str, Any], at: str) -> None:
    given = {name: params[name] for name in _PRICING if name in params}
    if not given:
        return
    if given.keys() & {"amount", "price_data", "pricing", "unit_amount_decimal"}:
        amount, pricing, quantity = priced(account, given, line["currency"], at)
    else:
        quantity = Decimal(given.get("quantity_decimal", given.get("quantity", 1)))
        amount, pricing = requantified(account, line, quantity), line["pricing"]
    line.update(amount=amount, subtotal=amount, pricing=pricing, **quantities(quantity))


def _line(account: Account, invoice: Object, id: str, param: str) -> Object:
    if id not in invoice["_lines"]:
        raise missing("line_item", id, param)
    return account.objects[id]
