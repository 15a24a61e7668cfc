"""Lines of an invoice. Source: Stripe API reference, "Invoice Line Item"."""

from decimal import Decimal
from typing import Any

from ..account import Account, Object
from ..errors import InvalidRequest
from ..listing import paged
from ..metadata import merged
from ..operations import Call, operation
from .discounts import new_discounts
from .line_pricing import priced
from .tax_rates import rate_for_data

MOST_LINES = 250


def lines_of(account: Account, invoice: Object) -> list[Object]:
    """The lines in the order in which Stripe shows them."""
    return [account.objects[id] for id in invoice["_lines"]]


@operation("invoices.line_items.list")
def list_(call: Call) -> Object:
    """All lines of an invoice, in pages."""
    return paged(call, lines_of(call.account, call.account.get("invoice", call.id)))


def check_room(invoice: Object, more: int) -> None:
    """An invoice holds at most 250 items. Source: Stripe API reference, "Add lines" and "Create an invoice item"."""
    if len(invoice["_lines"]) + more > MOST_LINES:
        raise InvalidRequest(f"Invoices can have at most {MOST_LINES} invoice items.", param="lines")


def new_line(account: Account, invoice: Object, params: dict[str, Any], at: str) -> Object:
    """A line that is not yet kept: nothing changes if a later line of the same request is refused."""
    amount, pricing, quantity = priced(account, params, invoice["currency"], at)
    line = bare_line(account, invoice, amount, pricing, quantity) | {
        "description": params.get("description"),
        "discountable": params.get("discountable", amount >= 0),
        "discounts": new_discounts(
            account, params.get("discounts"), invoice["currency"], invoice=invoice["id"]
        ),
        "metadata": merged({}, params.get("metadata") or {}),
        "parent": _parent(account),
        "period": params.get("period") or {"start": account.now, "end": account.now},
    }
    set_taxes(account, line, params, at)
    return line


def bare_line(
    account: Account, invoice: Object, amount: int, pricing: Object | None, quantity: Decimal
) -> Object:
    """A line with its price, and nothing said about it yet."""
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
        "quantity": int(quantity) if quantity == int(quantity) else None,
        "quantity_decimal": format(quantity.normalize(), "f"),
        "subscription": None,
        "subtotal": amount,
        "taxes": [],
        "_tax_amounts": None,
        "_tax_rates": [],
    }


def set_taxes(account: Account, line: Object, params: dict[str, Any], at: str) -> None:
    """Taxes by rate, or calculated elsewhere and given as amounts; not both."""
    if params.get("tax_amounts") and params.get("tax_rates"):
        raise InvalidRequest(
            "You may only specify one of these parameters: tax_amounts, tax_rates.", param=at
        )
    if "tax_rates" in params:
        line["_tax_rates"] = [
            account.get("tax_rate", id, f"{at}[tax_rates][{index}]")["id"]
            for index, id in enumerate(params["tax_rates"] or [])
        ]
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
