"""Promotion codes: words that customers type to get a coupon. Source: Stripe API reference, "Promotion Codes"."""

import re

from ..account import Account, Object
from ..errors import InvalidRequest
from ..listing import page, retrievable
from ..metadata import merged
from ..operations import Call, operation

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
    """A code for a coupon, unique among those of its customer that are active, in upper or lower case."""
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
        "restrictions": _NO_RESTRICTIONS | params.get("restrictions", {}),
        "times_redeemed": 0,
    }
    _check(account, code)
    account.add(code)
    account.emit("promotion_code.created", code)
    return account.render(code)


@operation("promotion_codes.update")
def update(call: Call) -> Object:
    """Activate, deactivate, or change metadata."""
    account, params = call.account, call.params
    code = account.get(_KIND, call.id)
    metadata = merged(code["metadata"], params.get("metadata", {}))
    with account.changing(code, "promotion_code.updated"):
        code["metadata"] = metadata
        code["active"] = params.get("active", code["active"])
    return account.render(code)


@operation("promotion_codes.list")
def list_(call: Call) -> Object:
    """By code (whatever its case), coupon, customer, and whether active."""
    params = call.params
    asked = {name: params[name] for name in ("active", "customer") if name in params}

    def wanted(code: Object) -> bool:
        named = "code" not in params or code["code"].lower() == params["code"].lower()
        fits = params.get("coupon", code["promotion"]["coupon"]) == code["promotion"]["coupon"]
        return named and fits and all(code[name] == asked[name] for name in asked)

    return page(call, _KIND, wanted)


def redeem_code(account: Account, id: str, customer: str | None, at: str) -> str:
    """Count one use by this customer, and answer the coupon's id."""
    code = account.get(_KIND, id, at)
    late = code["expires_at"] is not None and code["expires_at"] < account.now
    spent = code["max_redemptions"] is not None and code["times_redeemed"] >= code["max_redemptions"]
    if late or spent or not code["active"]:
        raise InvalidRequest(
            "This promotion code is expired, used up or inactive.", code="coupon_expired", param=at
        )
    if code["customer"] not in (None, customer):
        raise InvalidRequest("This promotion code is for another customer.", param=at)
    code["times_redeemed"] += 1
    return str(code["promotion"]["coupon"])


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
