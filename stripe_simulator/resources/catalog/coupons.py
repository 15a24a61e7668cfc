"""Coupons."""

from typing import Any

from ...amounts.currencies import checked_currency
from ...errors import InvalidRequest
from ...expansion import INCLUDABLE
from ...listing import listable, retrievable
from ...metadata import merged
from ...operations import Call, operation
from ...state.account import COMPOSERS, Account, Object

retrievable("coupons.retrieve", "coupon")
listable("coupons.list", "coupon")


@operation("coupons.create")
def create(call: Call) -> Object:
    """Create a coupon: a percentage or a fixed amount off."""
    account, params = call.account, call.params
    _check(account, params)
    coupon = {
        "id": params.get("id") or account.new_id("", 8)[1:],
        "object": "coupon",
        "amount_off": params.get("amount_off"),
        "created": account.now,
        "currency": checked_currency(params["currency"]) if params.get("currency") else None,
        "duration": params.get("duration", "once"),
        "duration_in_months": params.get("duration_in_months"),
        "livemode": False,
        "max_redemptions": params.get("max_redemptions"),
        "metadata": merged({}, params.get("metadata", {})),
        "name": params.get("name"),
        "percent_off": params.get("percent_off"),
        "redeem_by": params.get("redeem_by"),
        "times_redeemed": 0,
        "_currency_options": _options(params),
        "_products": params.get("applies_to", {}).get("products"),
    }
    coupon = account.add(coupon)
    account.emit("coupon.created", coupon)
    return account.render(coupon)


def _check(account: Account, params: dict[str, Any]) -> None:
    if ("percent_off" in params) == ("amount_off" in params):
        raise InvalidRequest("You must pass either `percent_off` or `amount_off`.", code="parameter_missing")
    if "amount_off" in params and not params.get("currency"):
        raise InvalidRequest("Missing required param: currency.", code="parameter_missing", param="currency")
    if params.get("id") in account.objects:
        raise InvalidRequest("Coupon already exists.", code="resource_already_exists", param="id")
    if not 0 < params.get("percent_off", 100) <= 100:
        raise InvalidRequest("percent_off must be between 0 and 100", param="percent_off")
    for name in ("amount_off", "duration_in_months", "max_redemptions"):
        if params.get(name, 1) < 1:
            raise InvalidRequest("Invalid positive integer", code="parameter_invalid_integer", param=name)
    if (params.get("duration") == "repeating") != ("duration_in_months" in params):
        raise InvalidRequest(
            "duration_in_months is required if duration is repeating, and only then.",
            code="parameter_missing",
            param="duration_in_months",
        )
    for index, id in enumerate(params.get("applies_to", {}).get("products") or []):
        account.get("product", id, f"applies_to[products][{index}]")


def _options(params: dict[str, Any]) -> dict[str, Object]:
    given = params.get("currency_options") or {}
    if given and "amount_off" not in params:
        raise InvalidRequest("currency_options needs amount_off.", param="currency_options")
    return {
        checked_currency(currency, f"currency_options[{currency}]"): {"amount_off": option["amount_off"]}
        for currency, option in given.items()
    }


@operation("coupons.update")
def update(call: Call) -> Object:
    """Change the name or metadata; the discount itself never changes."""
    account, params = call.account, call.params
    coupon = account.get("coupon", call.id)
    metadata = merged(coupon["metadata"], params.get("metadata", {}))
    options = _options({"amount_off": coupon["amount_off"]} | params if coupon["amount_off"] else params)
    with account.changing(coupon, "coupon.updated"):
        coupon["metadata"] = metadata
        coupon["_currency_options"] |= options
        if "name" in params:
            coupon["name"] = params["name"]
    return account.render(coupon)


def redeem(account: Account, id: str, currency: str, at: str) -> Object:
    """Redeem a coupon that is still valid. Source: Stripe docs, "Error codes", coupon_expired."""
    coupon = account.get("coupon", id, at)
    if coupon["amount_off"] is not None and amount_in(coupon, currency) is None:
        raise InvalidRequest(
            f"The coupon's currency ({coupon['currency']}) differs from {currency}.", param=at
        )
    if not is_valid(account, coupon):
        raise InvalidRequest(f"Coupon expired: {id}", code="coupon_expired", param=at)
    coupon["times_redeemed"] += 1
    return coupon


def amount_in(coupon: Object, currency: str) -> int | None:
    """Return a coupon's amount off in a currency, in minor units; None if it has none in this currency."""
    if coupon["currency"] == currency:
        return int(coupon["amount_off"])
    option = coupon["_currency_options"].get(currency)
    return option and int(option["amount_off"])


def is_valid(account: Account, coupon: Object) -> bool:
    """Return whether a coupon can still be redeemed: not expired, and not used up."""
    expired = coupon["redeem_by"] is not None and coupon["redeem_by"] < account.now
    most = coupon["max_redemptions"]
    return not expired and (most is None or coupon["times_redeemed"] < most)


@operation("coupons.delete")
def delete(call: Call) -> Object:
    """Delete a coupon; existing discounts stay, and its last event says that it is not valid."""
    account = call.account
    coupon = account.get("coupon", call.id)
    coupon["_deleted"] = True
    account.emit("coupon.deleted", coupon)
    account.remove(coupon)
    return {"id": coupon["id"], "object": "coupon", "deleted": True}


def _compose(account: Account, coupon: Object, shown: Object) -> None:
    shown["valid"] = is_valid(account, coupon) and not coupon.get("_deleted")


def _applies_to(account: Account, coupon: Object) -> Object | None:
    return None if coupon["_products"] is None else {"products": coupon["_products"]}


def _currency_options(account: Account, coupon: Object) -> dict[str, Object]:
    own: dict[str, Object] = (
        {coupon["currency"]: {"amount_off": coupon["amount_off"]}} if coupon["amount_off"] else {}
    )
    own.update(coupon["_currency_options"])
    return own


COMPOSERS["coupon"] = _compose
INCLUDABLE["coupon", "applies_to"] = _applies_to
INCLUDABLE["coupon", "currency_options"] = _currency_options
