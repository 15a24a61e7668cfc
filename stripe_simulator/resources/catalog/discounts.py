"""Discounts: a coupon applied to an invoice, a line, a subscription or one of its items."""

from typing import Any

from ...errors import InvalidRequest
from ...periods import period_end
from ...state.account import Account, Object
from .coupons import amount_in, redeem
from .promotion_codes import redeem_code


def new_discounts(
    account: Account, given: list[dict[str, Any]] | None, currency: str, **owner: Any
) -> list[str]:
    """Add a discount for each coupon named, and return their ids; existing discounts are kept by id.

    The owner is named by `customer`, `invoice`, `subscription` and so on; its `base` is the amount that a
    promotion code's minimum is compared with.
    """
    return [
        _discount(account, entry, currency, index, owner)["id"] for index, entry in enumerate(given or [])
    ]


def _discount(
    account: Account, given: dict[str, Any], currency: str, index: int, owner: dict[str, Any]
) -> Object:
    if given.get("discount"):
        return account.get("discount", given["discount"], f"discounts[{index}][discount]")
    coupon, promotion_code = _redeemed(account, given, currency, f"discounts[{index}]", owner)
    discount = {
        "id": account.new_id("di"),
        "object": "discount",
        "checkout_session": None,
        "customer": None,
        "end": _end(account, coupon, owner),
        "invoice": None,
        "invoice_item": None,
        "promotion_code": promotion_code,
        "source": {"coupon": coupon["id"], "type": "coupon"},
        "start": account.now,
        "subscription": None,
        "subscription_item": None,
        # The terms are copied: a coupon that is deleted later leaves its discounts as they are.
        "_percent_off": coupon["percent_off"],
        "_amount_off": amount_in(coupon, currency),
        "_products": coupon["_products"],
        "_once": coupon["duration"] == "once",
    }
    return account.add(discount | {name: value for name, value in owner.items() if name != "base"})


def _end(account: Account, coupon: Object, owner: dict[str, Any]) -> int | None:
    """Return when a coupon for some months ends on this owner. Source: API reference, "Discount", end."""
    if "subscription" not in owner or coupon["duration"] != "repeating":
        return None
    return period_end(account.now, account.now, "month", coupon["duration_in_months"])


def still_runs(account: Account, id: str, now: int) -> bool:
    """Return whether a discount of a subscription also applies to an invoice made at this moment."""
    discount = account.objects[id]
    return discount["end"] is None or bool(now < discount["end"])


def _redeemed(
    account: Account, given: dict[str, Any], currency: str, at: str, owner: dict[str, Any]
) -> tuple[Object, str | None]:
    """Return the coupon, and the promotion code that led to it."""
    if given.get("promotion_code"):
        id = redeem_code(account, given["promotion_code"], currency, owner, f"{at}[promotion_code]")
        return redeem(account, id, currency, f"{at}[promotion_code]"), str(given["promotion_code"])
    if not given.get("coupon"):
        raise InvalidRequest("A discount names a coupon, a promotion code or a discount.", param=at)
    return redeem(account, given["coupon"], currency, f"{at}[coupon]"), None
