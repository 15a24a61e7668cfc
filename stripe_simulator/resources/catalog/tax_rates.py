"""Tax rates."""

from typing import Any

from ...errors import InvalidRequest
from ...listing import listable, retrievable
from ...metadata import merged
from ...operations import Call, operation
from ...state.account import Account, Object

_PLAIN = ("country", "description", "jurisdiction", "jurisdiction_level", "state", "tax_type")

retrievable("tax_rates.retrieve", "tax_rate")
listable("tax_rates.list", "tax_rate", "active", "inclusive")


def _new_tax_rate(account: Account, params: dict[str, Any]) -> Object:
    return {
        "id": account.new_id("txr"),
        "object": "tax_rate",
        "active": params.get("active", True),
        "created": account.now,
        "display_name": params["display_name"],
        "effective_percentage": params["percentage"],
        "flat_amount": None,
        "inclusive": params["inclusive"],
        "livemode": False,
        "metadata": merged({}, params.get("metadata", {})),
        "percentage": params["percentage"],
        "rate_type": "percentage",
    } | {name: params.get(name) for name in _PLAIN}


@operation("tax_rates.create")
def create(call: Call) -> Object:
    """Create a tax rate."""
    if not 0 <= call.params["percentage"] <= 100:
        raise InvalidRequest("The percentage must be between 0 and 100.", param="percentage")
    rate = call.account.add(_new_tax_rate(call.account, call.params))
    call.account.emit("tax_rate.created", rate)
    return call.account.render(rate)


@operation("tax_rates.update")
def update(call: Call) -> Object:
    """Change what is given; the percentage never changes."""
    account, params = call.account, call.params
    rate = account.get("tax_rate", call.id)
    metadata = merged(rate["metadata"], params.get("metadata", {}))
    with account.changing(rate, "tax_rate.updated"):
        rate["metadata"] = metadata
        for name in (*_PLAIN, "active", "display_name"):
            if name in params:
                rate[name] = params[name]
    return account.render(rate)


def usable_rates(account: Account, ids: list[str] | None, at: str) -> list[Object]:
    """Return the tax rates named; archived ones cannot be used anew.

    Source: API reference, "Create a tax rate", active.
    """
    rates = [account.get("tax_rate", id, f"{at}[{index}]") for index, id in enumerate(ids or [])]
    for index, rate in enumerate(rates):
        if not rate["active"]:
            raise InvalidRequest(f"The tax rate {rate['id']} is archived.", param=f"{at}[{index}]")
    return rates


def rate_for_data(account: Account, data: dict[str, Any]) -> Object:
    """Return the archived rate for a line's `tax_rate_data`: one with the same data, or a new one.

    Source: Stripe API reference, "Bulk add invoice line items", `lines.tax_amounts.tax_rate_data`.
    """
    for rate in account.all("tax_rate"):
        if rate.get("_data") == data:
            return rate
    rate = _new_tax_rate(account, data | {"active": False})
    return account.add(rate | {"_data": data})
