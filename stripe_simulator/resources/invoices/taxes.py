"""Taxes on an invoice: by rate on the discounted amount, or as amounts calculated elsewhere."""

from decimal import Decimal

from ...amounts.money import percent_of, rounded
from ...state.account import Account, Object


def apply_taxes(account: Account, invoice: Object, lines: list[Object]) -> None:
    """Set `taxes` on each line."""
    defaults = [rate["id"] for rate in invoice["default_tax_rates"]]
    for line in lines:
        if line["_tax_amounts"] is not None:
            line["taxes"] = [_given(given, rate_id) for given, rate_id in line["_tax_amounts"]]
            continue
        rates = [account.objects[id] for id in line["_tax_rates"] or defaults]
        base = line["amount"] - sum(discount["amount"] for discount in line["discount_amounts"])
        line["taxes"] = taxes_by_rates(rates, base)


def taxes_by_rates(rates: list[Object], base: int) -> list[Object]:
    """Return the taxes on an amount in minor units; inclusive rates are contained in it."""
    inclusive = sum((Decimal(str(rate["percentage"])) for rate in rates if rate["inclusive"]), Decimal(0))
    net = rounded(Decimal(base) / (1 + inclusive / 100))
    return [_by_rate(rate, base, net) for rate in rates]


def _by_rate(rate: Object, base: int, net: int) -> Object:
    taxable = net if rate["inclusive"] else base
    return _tax(
        percent_of(taxable, rate["percentage"]), rate["inclusive"], rate["id"], "not_available", taxable
    )


def _given(given: Object, rate_id: str) -> Object:
    inclusive = given["tax_rate_data"]["inclusive"]
    reason = given.get("taxability_reason", "not_available")
    return _tax(given["amount"], inclusive, rate_id, reason, given["taxable_amount"])


def _tax(amount: int, inclusive: bool, rate_id: str, reason: str, taxable: int) -> Object:
    return {
        "amount": amount,
        "tax_behavior": "inclusive" if inclusive else "exclusive",
        "tax_rate_details": {"tax_rate": rate_id},
        "taxability_reason": reason,
        "taxable_amount": taxable,
        "type": "tax_rate_details",
    }


def tax_totals(lines: list[Object]) -> list[Object]:
    """Return one entry per rate and reason, over all lines."""
    totals: dict[tuple[str, str, str], Object] = {}
    for tax in (tax for line in lines for tax in line["taxes"]):
        key = (tax["tax_rate_details"]["tax_rate"], tax["tax_behavior"], tax["taxability_reason"])
        if key in totals:
            totals[key]["amount"] += tax["amount"]
            totals[key]["taxable_amount"] += tax["taxable_amount"]
        else:
            totals[key] = dict(tax)
    return list(totals.values())
