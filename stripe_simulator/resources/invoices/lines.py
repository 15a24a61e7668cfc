"""Lines of an invoice. Source: Stripe API reference, "Invoice Line Item"."""

from decimal import Decimal
from typing import Any

from ...errors import InvalidRequest
from ...listing import paged
from ...metadata import merged
from ...operations import Call, operation
from ...state.account import Account, Object
from ..catalog.discounts import new_discounts
from ..catalog.tax_rates import rate_for_data, usable_rates
from .line_pricing import nested, priced

MOST_LINES = 250


def lines_of(account: Account, invoice: Object) -> list[Object]:
    """Return the lines in the order in which Stripe shows them.

    Pending items and subscription items come newest first, lines added later in the order of addition.
    Source: Stripe API reference, "The Invoice object", lines.
    """
    return [account.objects[id] for id in invoice["_lines"]]


@operation("invoices.line_items.list")
def list_(call: Call) -> Object:
    """List the lines of an invoice."""
    return paged(call, lines_of(call.account, call.account.get("invoice", call.id)))


def check_room(invoice: Object, more: int) -> None:
    """Refuse more than 250 items on an invoice.

    Source: Stripe API reference, "Add lines" and "Create an invoice item".
    """
    if len(invoice["_lines"]) + more > MOST_LINES:
        raise InvalidRequest(f"Invoices can have at most {MOST_LINES} invoice items.", param="lines")


def new_line(account: Account, invoice: Object, params: dict[str, Any], at: str) -> Object:
    """Return a line that is not yet stored: nothing changes if a later line of the request is refused."""
    amount, pricing, quantity = priced(account, params, invoice["currency"], at)
    check_period(params, at)
    owner = {"invoice": invoice["id"], "customer": invoice.get("customer"), "base": amount}
    line = bare_line(account, invoice, amount, pricing, quantity) | {
        "description": params.get("description"),
        "discountable": params.get("discountable", amount >= 0),
        "discounts": new_discounts(account, params.get("discounts"), invoice["currency"], **owner),
        "metadata": merged({}, params.get("metadata") or {}),
        "parent": _parent(account),
        "period": params.get("period") or {"start": account.now, "end": account.now},
    }
    set_taxes(account, line, params, at)
    return line


def bare_line(
    account: Account, invoice: Object, amount: int, pricing: Object | None, quantity: Decimal
) -> Object:
    """Return a line with its price and default attributes."""
    return {
        "id": account.new_id("il"),
        "object": "line_item",
        "amount": amount,
        "currency": invoice["currency"],
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": invoice["id"],
        "livemode": False,
        "metadata": {},
        "pretax_credit_amounts": [],
        "pricing": pricing,
        "subscription": None,
        "subtotal": amount,
        "taxes": [],
        "_tax_amounts": None,
        "_tax_rates": [],
    } | quantities(quantity)


def quantities(quantity: Decimal) -> Object:
    """Return a quantity as a line shows it: as an integer if it is whole, and exactly."""
    whole = int(quantity) if quantity == int(quantity) else None
    return {"quantity": whole, "quantity_decimal": format(quantity.normalize(), "f")}


def check_period(params: dict[str, Any], at: str) -> None:
    """Refuse a period that does not end after its start."""
    period = params.get("period")
    if period and period["end"] < period["start"]:
        raise InvalidRequest("The period must end after it starts.", param=nested(at, "period") + "[end]")


def set_taxes(account: Account, line: Object, params: dict[str, Any], at: str) -> None:
    """Set taxes by rate, or as amounts calculated elsewhere; not both."""
    if params.get("tax_amounts") and params.get("tax_rates"):
        raise InvalidRequest(
            "You may only specify one of these parameters: tax_amounts, tax_rates.",
            code="parameters_exclusive",
            param=nested(at, "tax_amounts"),
        )
    if "tax_rates" in params:
        rates = usable_rates(account, params["tax_rates"], nested(at, "tax_rates"))
        line["_tax_rates"] = [rate["id"] for rate in rates]
    if "tax_amounts" in params:
        line["_tax_amounts"] = [
            (given, rate_for_data(account, given["tax_rate_data"])["id"])
            for given in params["tax_amounts"] or []
        ]


def _parent(account: Account) -> Object:
    details = {
        "invoice_item": account.new_id("ii"),
        "proration": False,
        "proration_details": {"credited_items": None},
        "subscription": None,
    }
    return {
        "invoice_item_details": details,
        "subscription_item_details": None,
        "type": "invoice_item_details",
    }
