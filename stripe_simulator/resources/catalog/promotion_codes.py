"""Promotion codes, which customers enter to get a coupon. Source: Stripe API reference, "Promotion Codes"."""

import re
from typing import Any

from ...errors import InvalidRequest
from ...listing import page, retrievable
from ...metadata import merged
from ...operations import Call, operation
from ...state.account import COMPOSERS, Account, Object
from .coupons import is_valid

_KIND = "promotion_code"
_VALID = re.compile(r"^[A-Za-z0-9-]+$")
_NO_RESTRICTIONS = {
    "first_time_transaction": False,
    "minimum_amount": None,
    "minimum_amount_currency": None,
}
retrievable("promotion_codes.retrieve", _KIND)


@operation("promotion_codes.create")
def create(call: Call) -> Object:
    """Create a code for a coupon.

    It is unique among the active codes of its customer, in upper or lower case.
    """
    account, params = call.account, call.params
    coupon = account.get("coupon", params["promotion"].get("coupon"), "promotion[coupon]")
    if params.get("customer"):
        account.get("customer", params["customer"], "customer")
    code = {
        "id": account.new_id("promo"),
        "object": _KIND,
        "active": params.get("active", True),
        "code": params.get("code") or account.new_id("", 8)[1:].upper(),
        "created": account.now,
        "customer": params.get("customer"),
        "customer_account": None,
        "expires_at": params.get("expires_at", coupon["redeem_by"]),
        "livemode": False,
        "max_redemptions": params.get("max_redemptions"),
        "metadata": merged({}, params.get("metadata", {})),
        "promotion": {"coupon": coupon["id"], "type": "coupon"},
        "restrictions": _NO_RESTRICTIONS | _restrictions(params),
        "times_redeemed": 0,
    }
    _check(account, code)
    _check_limits(code, coupon)
    code = account.add(code)
    account.emit("promotion_code.created", code)
    return account.render(code)


@operation("promotion_codes.update")
def update(call: Call) -> Object:
    """Activate or deactivate a code, or change metadata."""
    account, params = call.account, call.params
    code = account.get(_KIND, call.id)
    metadata = merged(code["metadata"], params.get("metadata", {}))
    if params.get("active") and not _redeemable(account, code | {"active": True}):
        raise InvalidRequest("This promotion code is expired or used up, or its coupon is.", param="active")
    with account.changing(code, "promotion_code.updated"):
        code["metadata"] = metadata
        code["active"] = params.get("active", code["active"])
        code["restrictions"] = code["restrictions"] | _restrictions(params)
    return account.render(code)


@operation("promotion_codes.list")
def list_(call: Call) -> Object:
    """List codes by code (in any case), coupon, customer, and whether active."""
    params = call.params

    def matches(code: Object) -> bool:
        named = "code" not in params or code["code"].lower() == params["code"].lower()
        of_coupon = params.get("coupon", code["promotion"]["coupon"]) == code["promotion"]["coupon"]
        active = "active" not in params or _redeemable(call.account, code) == params["active"]
        return bool(
            named and of_coupon and active and params.get("customer", code["customer"]) == code["customer"]
        )

    return page(
        call,
        _KIND,
        matches,
        by={"customer": params.get("customer"), "promotion.coupon": params.get("coupon")},
    )


def redeem_code(account: Account, id: str, currency: str, owner: dict[str, Any], at: str) -> str:
    """Redeem a code for the owner's customer, and return the coupon's id.

    `base` is the amount that a minimum amount is compared with; None: not known yet.
    """
    code = account.get(_KIND, id, at)
    if not _redeemable(account, code):
        raise InvalidRequest(
            "This promotion code is expired, used up or inactive.", code="coupon_expired", param=at
        )
    if code["customer"] not in (None, owner.get("customer")):
        raise InvalidRequest("This promotion code is for another customer.", param=at)
    restrictions = code["restrictions"]
    if restrictions["first_time_transaction"] and _has_paid(account, owner.get("customer")):
        raise InvalidRequest(
            "This promotion code cannot be redeemed because the associated customer has prior transactions.",
            param=at,
        )
    least, base = _least(restrictions, currency), owner.get("base")
    if least is not None and base is not None and base < least:
        raise InvalidRequest(f"This promotion code needs an amount of at least {least}.", param=at)
    code["times_redeemed"] += 1
    return str(code["promotion"]["coupon"])


def _redeemable(account: Account, code: Object) -> bool:
    coupon = account.find("coupon", code["promotion"]["coupon"])
    expired = code["expires_at"] is not None and code["expires_at"] < account.now
    used_up = code["max_redemptions"] is not None and code["times_redeemed"] >= code["max_redemptions"]
    return bool(code["active"] and not expired and not used_up and coupon and is_valid(account, coupon))


def _has_paid(account: Account, customer: str | None) -> bool:
    """Return whether the customer has paid before.

    Source: Stripe API reference, "Promotion Code", restrictions.first_time_transaction.
    """
    kinds = (("charge", "succeeded"), ("invoice", "paid"))
    return any(
        object["customer"] == customer and object["status"] == status
        for kind, status in kinds
        for object in account.all(kind)
    )


def _least(restrictions: Object, currency: str) -> int | None:
    if restrictions["minimum_amount_currency"] == currency:
        return int(restrictions["minimum_amount"])
    option = restrictions.get("currency_options", {}).get(currency)
    return option and int(option["minimum_amount"])


def _restrictions(params: dict[str, Any]) -> Object:
    given: Object = params.get("restrictions") or {}
    if ("minimum_amount" in given) != ("minimum_amount_currency" in given):
        raise InvalidRequest(
            "minimum_amount and minimum_amount_currency go together.",
            code="parameter_missing",
            param="restrictions[minimum_amount]",
        )
    return {} | given


def _check_limits(code: Object, coupon: Object) -> None:
    """Refuse a code that allows more than its coupon. Source: API reference, "Create a promotion code"."""
    for name, limit in (("expires_at", coupon["redeem_by"]), ("max_redemptions", coupon["max_redemptions"])):
        if code[name] is not None and limit is not None and code[name] > limit:
            raise InvalidRequest(f"{name} cannot exceed the coupon's ({limit}).", param=name)


def _check(account: Account, code: Object) -> None:
    if not _VALID.match(code["code"]):
        raise InvalidRequest("Codes consist of letters, digits and dashes.", param="code")
    for other in account.all(_KIND):
        same = other["code"].lower() == code["code"].lower() and other["customer"] == code["customer"]
        if same and other["active"]:
            raise InvalidRequest(
                "An active promotion code with this code already exists.",
                code="resource_already_exists",
                param="code",
            )


def _compose(account: Account, code: Object, shown: Object) -> None:
    shown["active"] = _redeemable(account, code)


COMPOSERS["promotion_code"] = _compose
