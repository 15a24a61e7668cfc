"""Prices."""

from typing import Any

from ...amounts.currencies import checked_currency
from ...errors import InvalidRequest
from ...expansion import INCLUDABLE
from ...listing import page, retrievable
from ...metadata import merged
from ...operations import Call, operation
from ...state.account import Account, Object
from .new_product import new_product
from .price_amounts import stated_amounts
from .price_currencies import currency_options, custom_amount
from .price_tiers import tiers

retrievable("prices.retrieve", "price")
# Source: Stripe API reference, "Create a price", recurring.interval_count.
_LONGEST = {"year": 3, "month": 36, "week": 156}


def new_price(account: Account, params: dict[str, Any], inline: bool = False) -> Object:
    """Add a price, also for inline `price_data`, which makes an inactive price that is in no list."""
    price = unannounced_price(account, params, inline)
    account.emit("price.created", price)
    return price


def unannounced_price(account: Account, params: dict[str, Any], inline: bool = False) -> Object:
    """Add a price whose event the caller emits."""
    _check(account, params)
    product = params.get("product") or new_product(account, params["product_data"])["id"]
    currency = checked_currency(params["currency"])
    amount, exact = stated_amounts(params, currency)
    price = {
        "id": params.get("id") or account.new_id("price"),
        "object": "price",
        "active": params.get("active", not inline),
        "billing_scheme": params.get("billing_scheme", "per_unit"),
        "created": account.now,
        "currency": currency,
        "custom_unit_amount": custom_amount(params.get("custom_unit_amount")),
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
        "_currency_options": currency_options(params.get("currency_options")),
        "_inline": inline,
        "_tiers": tiers(params.get("tiers"), currency, "tiers"),
    }
    return account.add(price)


@operation("prices.create")
def create(call: Call) -> Object:
    """Create a price; its lookup key can be transferred from another price."""
    account, params = call.account, call.params
    _claim_lookup_key(account, params)
    return account.render(new_price(account, params))


@operation("prices.update")
def update(call: Call) -> Object:
    """Change what is given; amounts and currency never change."""
    account, params = call.account, call.params
    price = account.get("price", call.id)
    metadata = merged(price["metadata"], params.get("metadata", {}))
    if (
        price["tax_behavior"] != "unspecified"
        and params.get("tax_behavior", price["tax_behavior"]) != price["tax_behavior"]
    ):
        raise InvalidRequest(
            "The tax behavior of a price cannot be changed once it is set.", param="tax_behavior"
        )
    options = currency_options(params.get("currency_options"), price["_currency_options"])
    _claim_lookup_key(account, params, price)
    with account.changing(price, "price.updated"):
        price.update(metadata=metadata, _currency_options=options)
        for name in ("active", "lookup_key", "nickname", "tax_behavior"):
            if name in params:
                price[name] = params[name]
    return account.render(price)


@operation("prices.list")
def list_(call: Call) -> Object:
    """List prices by `product`, `active`, `type`, `currency`, `lookup_keys` and `recurring`."""
    params = call.params
    filters = {name: params[name] for name in ("active", "currency", "product", "type") if name in params}
    recurring = params.get("recurring", {})

    def matches(price: Object) -> bool:
        keyed = "lookup_keys" not in params or price["lookup_key"] in params["lookup_keys"]
        repeats = all((price["recurring"] or {}).get(name) == value for name, value in recurring.items())
        return (
            keyed
            and repeats
            and not price.get("_inline")
            and all(price[name] == filters[name] for name in filters)
        )

    return page(call, "price", matches, by=filters | {"lookup_key": params.get("lookup_keys")})


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
    if params.get("tiers") and params.get("transform_quantity"):
        raise InvalidRequest(
            "You may only specify one of these parameters: tiers, transform_quantity.",
            code="parameters_exclusive",
            param="transform_quantity",
        )
    if params.get("unit_amount", 0) < 0:
        raise InvalidRequest(
            "Invalid non-negative integer", code="parameter_invalid_integer", param="unit_amount"
        )


def _recurring(given: dict[str, Any] | None) -> Object | None:
    if given is None:
        return None
    if given["interval"] in _LONGEST and given.get("interval_count", 1) > _LONGEST[given["interval"]]:
        raise InvalidRequest(
            "The interval is too long: at most three years, 36 months or 156 weeks.",
            param="recurring[interval_count]",
        )
    defaults = {"interval_count": 1, "meter": None, "trial_period_days": None, "usage_type": "licensed"}
    return defaults | given


def _claim_lookup_key(account: Account, params: dict[str, Any], price: Object | None = None) -> None:
    key = params.get("lookup_key")
    if not key:
        return
    owner = next((other for other in account.all("price") if other["lookup_key"] == key), None)
    if owner is None or owner is price:
        return
    if not params.get("transfer_lookup_key"):
        raise InvalidRequest(
            f"A price (`{owner['id']}`) already uses that lookup key.",
            code="resource_already_exists",
            param="lookup_key",
        )
    with account.changing(owner, "price.updated"):
        owner["lookup_key"] = None


INCLUDABLE["price", "tiers"] = lambda account, price: price["_tiers"]
