"""Discounts: a coupon applied to an invoice or to a line."""

from typing import Any

from ..account import Account, Object
from ..errors import InvalidRequest
from .coupons import redeem
from .promotion_codes import redeem_code


def new_discounts(
    account: Account, given: list[dict[str, Any]] | None, currency: str, **owner: Any
) -> list[str]:
    """Add a discount for each coupon named, and answer their ids; existing discounts are kept by id."""
    return [_discount(account, one, currency, index, owner)["id"] for index, one in enumerate(given or [])]


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
        "end": None,
        "invoice": None,
        "invoice_item": None,
        "promotion_code": promotion_code,
        "source": {"coupon": coupon["id"], "type": "coupon"},
        "start": account.now,
        "subscription": None,
        "subscription_item": None,
        # The terms as they were: a coupon that is deleted later leaves its discounts alone.
        "_percent_off": coupon["percent_off"],
        "_amount_off": coupon["amount_off"],
    }
    return account.add(discount | owner)


def _redeemed(
    account: Account, given: dict[str, Any], currency: str, at: str, owner: dict[str, Any]
) -> tuple[Object, str | None]:
    """The coupon, and the promotion code that led to it."""
    if given.get("promotion_code"):
        id = redeem_code(account, given["promotion_code"], owner.get("customer"), f"{at}[promotion_code]")
        return redeem(account, id, currency, f"{at}[promotion_code]"), str(given["promotion_code"])
    if not given.get("coupon"):
        raise InvalidRequest("A discount names a coupon, a promotion code or a discount.", param=at)
    return redeem(account, given["coupon"], currency, f"{at}[coupon]"), None
