"""Prices."""

from decimal import Decimal
from typing import Any

from ..account import Account, Object
from ..errors import InvalidRequest
from ..expansion import INCLUDABLE
from ..listing import page, retrievable
from ..metadata import merged
from ..operations import Call, operation
from .price_tiers import tiers
from .products import new_product

retrievable("prices.retrieve", "price")


def new_price(account: Account, params: dict[str, Any], inline: bool = False) -> Object:
    """Add a price, also for inline `price_data`, which makes inactive ones that are in no list."""
    _check(account, params)
    product = params.get("product") or new_product(account, params["product_data"])["id"]
    amount, exact = _amounts(params)
    price = {
        "id": account.new_id("price"),
        "object": "price",
        "active": params.get("active", not inline),
        "billing_scheme": params.get("billing_scheme", "per_unit"),
        "created": account.now,
        "currency": params["currency"].lower(),
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": params.get("lookup_key"),
        "metadata": merged({}, params.get("metadata", {})),
        "nickname": params.get("nickname"),
        "product": product,
        "recurring": _recurring(params.get("recurring")),
        "tax_behavior": params.get("tax_behavior", "unspecified"),
        "tiers_mode": params.get("tiers_mode"),
        "transform_quantity": params.get("transform_quantity"),
        "type": "recurring" if params.get("recurring") else "one_time",
        "unit_amount": amount,
        "unit_amount_decimal": exact,
        "_inline": inline,
        "_tiers": tiers(params.get("tiers")),
    }
    account.add(price)
    account.emit("price.created", price)
    return price


@operation("prices.create")
def create(call: Call) -> Object:
    """A new price; its lookup key can be taken over from another price."""
    account, params = call.account, call.params
    _claim_lookup_key(account, params)
    return account.render(new_price(account, params))


@operation("prices.update")
def update(call: Call) -> Object:
    """Change what may change: amounts and currency never do."""
    account, params = call.account, call.params
    price = account.get("price", call.id)
    metadata = merged(price["metadata"], params.get("metadata", {}))
    _claim_lookup_key(account, params, price)
    with account.changing(price, "price.updated"):
        price["metadata"] = metadata
        for name in ("active", "lookup_key", "nickname", "tax_behavior"):
            if name in params:
                price[name] = params[name]
    return account.render(price)


@operation("prices.list")
def list_(call: Call) -> Object:
    """Prices by `product`, `active`, `type`, `currency`, `lookup_keys` and `recurring`."""
    params = call.params
    asked = {name: params[name] for name in ("active", "currency", "product", "type") if name in params}
    recurring = params.get("recurring", {})

    def wanted(price: Object) -> bool:
        keyed = "lookup_keys" not in params or price["lookup_key"] in params["lookup_keys"]
        repeats = all((price["recurring"] or {}).get(name) == value for name, value in recurring.items())
        return (
            keyed
            and repeats
            and not price.get("_inline")
            and all(price[name] == asked[name] for name in asked)
        )

    return page(call, "price", wanted)


def _check(account: Account, params: dict[str, Any]) -> None:
    if ("product" in params) == ("product_data" in params):
        raise InvalidRequest(
            "You must specify either `product` or `product_data`.", code="parameter_missing", param="product"
        )
    if "product" in params:
        account.get("product", params["product"], "product")
    if params.get("billing_scheme") == "tiered":
        if not params.get("tiers") or not params.get("tiers_mode"):
            raise InvalidRequest(
                "A tiered price needs `tiers` and `tiers_mode`.", code="parameter_missing", param="tiers"
            )
    elif (
        "unit_amount" not in params
        and "unit_amount_decimal" not in params
        and "custom_unit_amount" not in params
    ):
        raise InvalidRequest(
            "Missing required param: unit_amount. One of unit_amount, unit_amount_decimal or custom_unit_amount is"
            " needed.",
            code="parameter_missing",
            param="unit_amount",
        )
    if params.get("unit_amount", 0) < 0:
        raise InvalidRequest(
            "Invalid non-negative integer", code="parameter_invalid_integer", param="unit_amount"
        )


def _amounts(params: dict[str, Any]) -> tuple[int | None, str | None]:
    """`unit_amount` is null when the exact amount has a fraction of a minor unit."""
    if "unit_amount" in params:
        return params["unit_amount"], str(params["unit_amount"])
    exact: Decimal | None = params.get("unit_amount_decimal")
    if exact is None:
        return None, None
    whole = exact == exact.to_integral_value()
    return (int(exact) if whole else None), format(exact.normalize(), "f")


def _recurring(given: dict[str, Any] | None) -> Object | None:
    if given is None:
        return None
    shape = {"interval_count": 1, "meter": None, "trial_period_days": None, "usage_type": "licensed"}
    return shape | given


def _claim_lookup_key(account: Account, params: dict[str, Any], price: Object | None = None) -> None:
    key = params.get("lookup_key")
    if not key:
        return
    holder = next((other for other in account.all("price") if other["lookup_key"] == key), None)
    if holder is None or holder is price:
        return
    if not params.get("transfer_lookup_key"):
        raise InvalidRequest(
            f"A price (`{holder['id']}`) already uses that lookup key.",
            code="resource_already_exists",
            param="lookup_key",
        )
    with account.changing(holder, "price.updated"):
        holder["lookup_key"] = None


INCLUDABLE["price", "tiers"] = lambda account, price: price["_tiers"]
