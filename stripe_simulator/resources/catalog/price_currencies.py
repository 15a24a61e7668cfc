"""The same price in other currencies. Source: Stripe API reference, "Price", currency_options."""

from typing import Any

from ...amounts.currencies import checked_currency
from ...expansion import INCLUDABLE
from ...state.account import Account, Object
from .price_amounts import stated_amounts
from .price_tiers import tiers


def currency_options(
    given: dict[str, Any] | None, known: dict[str, Object] | None = None
) -> dict[str, Object]:
    """Return the options by currency: the new ones, merged over the former ones."""
    options = dict(known or {})
    for currency, option in (given or {}).items():
        at = f"currency_options[{currency}]"
        checked = checked_currency(currency, at)
        options[checked] = _option(option, checked, at)
    return options


def custom_amount(given: dict[str, Any] | None) -> Object | None:
    """Return the bounds of an amount that the customer chooses."""
    if not given or not given["enabled"]:
        return None
    return {name: given.get(name) for name in ("maximum", "minimum", "preset")}


def in_currency(price: Object, currency: str) -> Object | None:
    """Return the price in a currency; None when it has no amount there."""
    if price["currency"] == currency:
        return price
    option: Object | None = price["_currency_options"].get(currency)
    return option and price | option | {"currency": currency, "_tiers": option["tiers"]}


def _option(given: dict[str, Any], currency: str, at: str) -> Object:
    amount, exact = stated_amounts(given, currency, at)
    return {
        "custom_unit_amount": custom_amount(given.get("custom_unit_amount")),
        "tax_behavior": given.get("tax_behavior", "unspecified"),
        "tiers": tiers(given.get("tiers"), currency, f"{at}[tiers]"),
        "unit_amount": amount,
        "unit_amount_decimal": exact,
    }


def _shown(account: Account, price: Object) -> Object:
    """Return the options as shown: with the price's own currency, and tiers only where there are any."""
    own = {
        name: price[name]
        for name in ("custom_unit_amount", "tax_behavior", "unit_amount", "unit_amount_decimal")
    }
    options = {price["currency"]: own | {"tiers": price["_tiers"]}} | price["_currency_options"]
    return {
        currency: {name: value for name, value in option.items() if name != "tiers" or value is not None}
        for currency, option in options.items()
    }


INCLUDABLE["price", "currency_options"] = _shown
