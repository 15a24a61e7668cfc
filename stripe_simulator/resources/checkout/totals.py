"""The totals of a Checkout Session: items, less a discount, plus taxes by rate."""

from decimal import Decimal
from typing import Any

from ...amounts.money import percent_of, rounded, shared_out
from ...errors import InvalidRequest
from ...state.account import Account, Object
from ..catalog.coupons import amount_in, is_valid
from ..catalog.promotion_codes import redeem_code


def recompute(account: Account, session: Object) -> None:
    """Set every amount of a session and its items from their prices, the discount and the tax rates."""
    items = [account.objects[id] for id in session["_items"]]
    discounts = _discount(account, session, items)
    for item, discount in zip(items, discounts, strict=True):
        _tax(account, item, discount)
    session.update(
        amount_subtotal=sum(item["amount_subtotal"] for item in items),
        amount_total=sum(item["amount_total"] for item in items),
        total_details={
            "amount_discount": sum(item["amount_discount"] for item in items),
            "amount_shipping": 0,
            "amount_tax": sum(item["amount_tax"] for item in items),
        },
    )


def apply_discount(account: Account, session: Object, given: dict[str, Any] | None, at: str) -> None:
    """Apply a coupon or promotion code to a session; it is redeemed when the session completes."""
    if given is None:
        session.update(discounts=[], _discounts=[])
        return
    code = given.get("promotion_code")
    coupon_id: str | None = given.get("coupon")
    if code:
        owner = {"customer": session["customer"], "base": session["amount_subtotal"] or 0}
        coupon_id = redeem_code(account, code, session["currency"], owner, f"{at}[promotion_code]")
        account.objects[code]["times_redeemed"] -= 1
    coupon = account.get("coupon", coupon_id, f"{at}[coupon]")
    if not is_valid(account, coupon):
        raise InvalidRequest(f"Coupon expired: {coupon['id']}", code="coupon_expired", param=f"{at}[coupon]")
    if coupon["amount_off"] is not None and amount_in(coupon, session["currency"]) is None:
        raise InvalidRequest(
            f"The coupon's currency ({coupon['currency']}) differs from {session['currency']}.",
            param=f"{at}[coupon]",
        )
    shown = (
        {"coupon": None, "promotion_code": code} if code else {"coupon": coupon["id"], "promotion_code": None}
    )
    session.update(
        discounts=[shown], _discounts=[{k: v for k, v in shown.items() if v}], _coupon=coupon["id"]
    )


def _discount(account: Account, session: Object, items: list[Object]) -> list[int]:
    """Return how much of the discount falls on each item."""
    coupon = account.find("coupon", session.get("_coupon")) if session["_discounts"] else None
    if coupon is None:
        return [0] * len(items)
    products = coupon["_products"]
    bases = [
        item["amount_subtotal"] if products is None or item["price"]["product"] in products else 0
        for item in items
    ]
    total = sum(bases)
    percent, amount = coupon["percent_off"], amount_in(coupon, session["currency"]) or 0
    discounts = percent_of(total, percent) if percent is not None else min(amount, total)
    return shared_out(discounts, bases)


def _tax(account: Account, item: Object, discount: int) -> None:
    rates = [account.objects[id] for id in item["_tax_rates"]]
    base = item["amount_subtotal"] - discount
    inclusive = sum((Decimal(str(rate["percentage"])) for rate in rates if rate["inclusive"]), Decimal(0))
    net = rounded(Decimal(base) / (1 + inclusive / 100))
    added = sum(percent_of(base, rate["percentage"]) for rate in rates if not rate["inclusive"])
    item.update(amount_discount=discount, amount_tax=base - net + added, amount_total=base + added)
