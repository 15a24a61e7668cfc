"""The price behind a plain amount, which Stripe makes behind the scenes and uses again.

Source: Stripe API reference, "Add lines" and "Create an invoice item", amount; recorded responses show the
ids of such prices. Whether their events are sent is a setting of the control API, `plain_amount_events`.
"""

from decimal import Decimal

from ...state.account import Account, Object
from ..catalog.new_product import new_product
from ..catalog.prices import new_price


def plain_price(account: Account, unit: Decimal, currency: str) -> Object:
    """Return the price of a plain amount, for a line's `pricing`."""
    exact = format(unit.normalize(), "f")
    name = f"{currency}{exact}".replace("-", "m").replace(".", "p")
    price = {"id": f"price_Inline{name}", "product": f"prod_Inline{currency}", "unit_amount_decimal": exact}
    if account.behavior.plain_amount_events:
        _announce(account, price, unit, currency)
    return price


def _announce(account: Account, price: Object, unit: Decimal, currency: str) -> None:
    """Create product and price, active and in no list, when they are first used."""
    if account.find("product", price["product"]) is None:
        new_product(account, {"id": price["product"], "name": "Invoice line"})["_inline"] = True
    if account.find("price", price["id"]) is None:
        new = {"id": price["id"], "product": price["product"], "currency": currency, "active": True}
        new_price(account, new | {"unit_amount_decimal": unit}, inline=True)
