"""What a subscription item costs for a period.

Source: Stripe docs, "Set the subscription billing cycle date".
"""

from decimal import Decimal

from ...amounts.money import rounded
from ...periods import interval_before
from ...state.account import Account, Object
from ..catalog.price_amounts import amount_of
from ..catalog.price_currencies import in_currency


def item_amount(account: Account, subscription: Object, item: Object, first: bool = False) -> int:
    """Return the amount in minor units; a first period shorter than an interval is billed by the second."""
    if subscription["status"] == "trialing":
        return 0
    price = account.objects[item["price"]["id"]]
    price = in_currency(price, subscription["currency"]) or price
    amount = amount_of(price, Decimal(item["quantity"] or 0))
    recurring, start, end = price["recurring"], item["current_period_start"], item["current_period_end"]
    natural = interval_before(end, recurring["interval"], recurring["interval_count"])
    if not first or start <= natural or end != subscription["billing_cycle_anchor"]:
        return amount
    return 0 if subscription["_stub_is_free"] else rounded(Decimal(amount) * (end - start) / (end - natural))
