"""What a credit note credits: lines of its invoice, or lines of its own."""

from decimal import Decimal
from typing import Any

from ...amounts.money import rounded
from ...errors import InvalidRequest, missing
from ...state.account import Account, Object
from ..catalog.tax_rates import usable_rates
from ..invoices.taxes import tax_totals, taxes_by_rates


def credited_lines(account: Account, invoice: Object, given: list[dict[str, Any]] | None) -> list[Object]:
    """Return lines that are not yet stored."""
    return [_line(account, invoice, entry, f"lines[{index}]") for index, entry in enumerate(given or [])]


def _line(account: Account, invoice: Object, given: dict[str, Any], at: str) -> Object:
    source = _source(account, invoice, given, at)
    amount = _amount(given, source, at)
    share = Decimal(amount) / source["amount"] if source and source["amount"] else Decimal(0)
    discounts = [_share_of(discount, share) for discount in source["discount_amounts"]] if source else []
    rates = usable_rates(account, given.get("tax_rates"), f"{at}[tax_rates]")
    off = sum(discount["amount"] for discount in discounts)
    return {
        "id": account.new_id("cnli"),
        "object": "credit_note_line_item",
        "amount": amount,
        "description": given.get("description", source["description"] if source else None),
        "discount_amount": off,
        "discount_amounts": discounts,
        "invoice_line_item": source["id"] if source else None,
        "livemode": False,
        "metadata": given.get("metadata", {}),
        "pretax_credit_amounts": [discount | {"type": "discount"} for discount in discounts],
        "quantity": given.get("quantity"),
        "tax_rates": [account.render(rate) for rate in rates],
        "taxes": [_part(tax, share) for tax in source["taxes"]] if source else taxes_by_rates(rates, amount),
        "type": given["type"],
        "unit_amount": given.get("unit_amount"),
        "unit_amount_decimal": _exact(given),
    }


def _share_of(discount: Object, share: Decimal) -> Object:
    return discount | {"amount": rounded(discount["amount"] * share)}


def _exact(given: dict[str, Any]) -> str | None:
    exact = given.get("unit_amount_decimal", given.get("unit_amount"))
    return None if exact is None else format(Decimal(exact).normalize(), "f")


def _source(account: Account, invoice: Object, given: dict[str, Any], at: str) -> Object | None:
    if given["type"] == "custom_line_item":
        return None
    id = given.get("invoice_line_item")
    if id not in invoice["_lines"]:
        raise missing("line_item", str(id), f"{at}[invoice_line_item]")
    return account.objects[str(id)]


def _amount(given: dict[str, Any], source: Object | None, at: str) -> int:
    if "amount" in given:
        return int(given["amount"])
    quantity = given.get("quantity")
    unit = given.get("unit_amount", given.get("unit_amount_decimal"))
    if unit is not None:
        return rounded(Decimal(unit) * (quantity or 1))
    if source is None:
        raise InvalidRequest("A custom line item needs a unit_amount.", code="parameter_missing", param=at)
    whole = source["quantity"] or 1
    return rounded(Decimal(source["amount"]) * (quantity or whole) / whole)


def _part(tax: Object, share: Decimal) -> Object:
    return tax | {
        "amount": rounded(tax["amount"] * share),
        "taxable_amount": rounded(tax["taxable_amount"] * share),
    }


def line_total(line: Object) -> int:
    """Return the amount that a line credits: without its discounts, with its exclusive taxes."""
    exclusive: int = sum(tax["amount"] for tax in line["taxes"] if tax["tax_behavior"] == "exclusive")
    return exclusive + int(line["amount"]) - int(line["discount_amount"])


def note_taxes(lines: list[Object]) -> list[Object]:
    """Return the taxes credited, by rate."""
    return tax_totals(lines)


def note_discounts(lines: list[Object]) -> list[Object]:
    """Return the sum of the discounts on what is credited."""
    totals: dict[str, int] = {}
    for discount in (discount for line in lines for discount in line["discount_amounts"]):
        totals[discount["discount"]] = totals.get(discount["discount"], 0) + discount["amount"]
    return [{"amount": amount, "discount": id} for id, amount in totals.items()]
