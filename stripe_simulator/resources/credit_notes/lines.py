"""What a credit note credits: lines of its invoice, or lines of its own."""

from decimal import Decimal
from typing import Any

from ...errors import missing
from ...metadata import merged
from ...state.account import Account, Object
from .line_amounts import amount_of_custom_line, amount_of_invoice_line, credited_before
from .line_taxes import taxes_of_custom_line, taxes_of_invoice_line
from .share import Share


def credited_lines(account: Account, invoice: Object, given: list[dict[str, Any]] | None) -> list[Object]:
    """Return lines that are not yet stored."""
    lines: list[Object] = []
    for index, entry in enumerate(given or []):
        line = _custom if entry["type"] == "custom_line_item" else _of_invoice
        lines.append(line(account, invoice, entry, f"lines[{index}]", lines))
    return lines


def _custom(
    account: Account, invoice: Object, given: dict[str, Any], at: str, earlier: list[Object]
) -> Object:
    amount = amount_of_custom_line(given, at)
    exact = Decimal(given["unit_amount"] if "unit_amount" in given else given["unit_amount_decimal"])
    rates, taxes = taxes_of_custom_line(account, given, amount, at)
    return (
        _bare(account, given, amount)
        | _unit(exact)
        | {
            "description": given.get("description"),
            "tax_rates": [account.render(rate) for rate in rates],
            "taxes": taxes,
        }
    )


def _of_invoice(
    account: Account, invoice: Object, given: dict[str, Any], at: str, earlier: list[Object]
) -> Object:
    source = _source(account, invoice, given, at)
    before = credited_before(account, invoice, source["id"], earlier)
    amount = amount_of_invoice_line(given, source, before, at)
    share = Share(before.amount, before.amount + amount, source["amount"])
    discounts = [share.of(discount, "amount") for discount in source["discount_amounts"]]
    unit = (source["pricing"] or {}).get("unit_amount_decimal") if "quantity" in given else None
    return (
        _bare(account, given, amount)
        | _unit(unit and Decimal(unit))
        | {
            "description": source["description"],
            "discount_amount": sum(discount["amount"] for discount in discounts),
            "discount_amounts": discounts,
            "invoice_line_item": source["id"],
            "pretax_credit_amounts": [discount | {"type": "discount"} for discount in discounts],
            "taxes": taxes_of_invoice_line(account, given, source, share, at),
        }
    )


def _bare(account: Account, given: dict[str, Any], amount: int) -> Object:
    return {
        "id": account.new_id("cnli"),
        "object": "credit_note_line_item",
        "amount": amount,
        "discount_amount": 0,
        "discount_amounts": [],
        "invoice_line_item": None,
        "livemode": False,
        "metadata": merged({}, given.get("metadata") or {}),
        "pretax_credit_amounts": [],
        "quantity": given.get("quantity"),
        "tax_rates": [],
        "type": given["type"],
    }


def _unit(exact: Decimal | None) -> Object:
    if exact is None:
        return {"unit_amount": None, "unit_amount_decimal": None}
    whole = exact == int(exact)
    return {
        "unit_amount": int(exact) if whole else None,
        "unit_amount_decimal": format(exact.normalize(), "f"),
    }


def _source(account: Account, invoice: Object, given: dict[str, Any], at: str) -> Object:
    id = given.get("invoice_line_item")
    if id not in invoice["_lines"]:
        raise missing("line_item", str(id), f"{at}[invoice_line_item]")
    return account.objects[str(id)]


def line_total(line: Object) -> int:
    """Return the amount that a line credits: without its discounts, with its exclusive taxes."""
    exclusive: int = sum(tax["amount"] for tax in line["taxes"] if tax["tax_behavior"] == "exclusive")
    return exclusive + int(line["amount"]) - int(line["discount_amount"])


def note_discounts(lines: list[Object]) -> list[Object]:
    """Return the sum of the discounts on what is credited."""
    totals: dict[str, int] = {}
    for discount in (discount for line in lines for discount in line["discount_amounts"]):
        totals[discount["discount"]] = totals.get(discount["discount"], 0) + discount["amount"]
    return [{"amount": amount, "discount": id} for id, amount in totals.items()]
