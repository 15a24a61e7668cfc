"""Coupons."""

from ..account import Account, Object
from ..errors import InvalidRequest
from ..listing import listable, retrievable
from ..metadata import merged
from ..operations import Call, operation

retrievable("coupons.retrieve", "coupon")
listable("coupons.list", "coupon")


@operation("coupons.create")
def create(call: Call) -> Object:
    """A percentage or a fixed amount off."""
    account, params = call.account, call.params
    if ("percent_off" in params) == ("amount_off" in params):
        raise InvalidRequest("You must pass either `percent_off` or `amount_off`.", code="parameter_missing")
    if "amount_off" in params and not params.get("currency"):
        raise InvalidRequest("Missing required param: currency.", code="parameter_missing", param="currency")
    if params.get("id") in account.objects:
        raise InvalidRequest("Coupon already exists.", code="resource_already_exists", param="id")
    if not 0 < params.get("percent_off", 100) <= 100:
        raise InvalidRequest("percent_off must be between 0 and 100", param="percent_off")
    coupon = {
        "id": params.get("id") or account.new_id("", 8)[1:],
        "object": "coupon",
        "amount_off": params.get("amount_off"),
        "created": account.now,
        "currency": params["currency"].lower() if params.get("currency") else None,
        "duration": params.get("duration", "once"),
        "duration_in_months": params.get("duration_in_months"),
        "livemode": False,
        "max_redemptions": params.get("max_redemptions"),
        "metadata": merged({}, params.get("metadata", {})),
        "name": params.get("name"),
        "percent_off": params.get("percent_off"),
        "redeem_by": params.get("redeem_by"),
        "times_redeemed": 0,
        "valid": True,
    }
    account.add(coupon)
    account.emit("coupon.created", coupon)
    return account.render(coupon)


@operation("coupons.update")
def update(call: Call) -> Object:
    """Change the name or metadata: never what is taken off."""
    account, params = call.account, call.params
    coupon = account.get("coupon", call.id)
    metadata = merged(coupon["metadata"], params.get("metadata", {}))
    with account.changing(coupon, "coupon.updated"):
        coupon["metadata"] = metadata
        if "name" in params:
            coupon["name"] = params["name"]
    return account.render(coupon)


def redeem(account: Account, id: str, currency: str, at: str) -> Object:
    """Count one use of a coupon that is still good. Source: Stripe docs, "Error codes", coupon_expired."""
    coupon = account.get("coupon", id, at)
    if coupon["amount_off"] is not None and coupon["currency"] != currency:
        raise InvalidRequest(
            f"The coupon's currency ({coupon['currency']}) differs from {currency}.", param=at
        )
    late = coupon["redeem_by"] is not None and coupon["redeem_by"] < account.now
    if late or not coupon["valid"]:
        raise InvalidRequest(f"Coupon expired: {id}", code="coupon_expired", param=at)
    coupon["times_redeemed"] += 1
    most = coupon["max_redemptions"]
    coupon["valid"] = most is None or coupon["times_redeemed"] < most
    return coupon


@operation("coupons.delete")
def delete(call: Call) -> Object:
    """Delete a coupon; discounts already given stay."""
    account = call.account
    coupon = account.get("coupon", call.id)
    account.emit("coupon.deleted", coupon)
    account.remove(coupon)
    return {"id": coupon["id"], "object": "coupon", "deleted": True}
