"""Discounts on an invoice: those of a line first, then those of the invoice, shared out over its lines."""

from ...amounts.money import percent_of, shared_out
from ...state.account import Account, Object


def apply_discounts(account: Account, invoice: Object, lines: list[Object]) -> list[Object]:
    """Set `discount_amounts` on each line, and return the invoice's `total_discount_amounts`."""
    left = {}
    for line in lines:
        line["discount_amounts"] = []
        left[line["id"]] = line["amount"]
        for id in line["discounts"]:
            if _applies(account, id, line):
                _take(line, left, id, _amount(account, id, left[line["id"]]))
    discountable = [line for line in lines if line["discountable"] and line["amount"] > 0]
    for id in invoice["discounts"]:
        eligible = [line for line in discountable if _applies(account, id, line)]
        rest = [left[line["id"]] for line in eligible]
        for line, amount in zip(eligible, shared_out(_amount(account, id, sum(rest)), rest), strict=True):
            _take(line, left, id, amount)
    for line in lines:
        line["pretax_credit_amounts"] = [
            {"amount": taken["amount"], "discount": taken["discount"], "type": "discount"}
            for taken in line["discount_amounts"]
        ]
    return _totals(invoice, lines)


def _applies(account: Account, id: str, line: Object) -> bool:
    """Return whether the discount applies to a line: a coupon may be for some products only.

    Source: Stripe API reference, "Coupon", applies_to.
    """
    products = account.objects[id]["_products"]
    product = ((line["pricing"] or {}).get("price_details") or {}).get("product")
    return line["amount"] > 0 and (products is None or product in products)


def _amount(account: Account, id: str, base: int) -> int:
    discount = account.objects[id]
    if discount["_percent_off"] is not None:
        return percent_of(base, discount["_percent_off"])
    return min(base, int(discount["_amount_off"]))


def _take(line: Object, left: dict[str, int], discount: str, amount: int) -> None:
    taken = min(amount, max(0, left[line["id"]]))
    left[line["id"]] -= taken
    line["discount_amounts"] = [*line["discount_amounts"], {"amount": taken, "discount": discount}]


def _totals(invoice: Object, lines: list[Object]) -> list[Object]:
    totals: dict[str, int] = dict.fromkeys(invoice["discounts"], 0)
    for line in lines:
        for taken in line["discount_amounts"]:
            totals[taken["discount"]] = totals.get(taken["discount"], 0) + taken["amount"]
    return [{"amount": amount, "discount": id} for id, amount in totals.items()]
