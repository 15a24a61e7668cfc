"""The customer that a Checkout Session makes, if it was asked to."""

from typing import Any

from ..account import Account, Object
from ..operations import Call
from .customers import create


def customer_for(account: Account, session: Object, details: dict[str, Any]) -> str | None:
    """The id of a new customer when `customer_creation` is `always`; guests stay without one."""
    if session["customer_creation"] != "always":
        return None
    given = {name: value for name, value in details.items() if value}
    return str(create(Call(account, given, (), "/v1/customers"))["id"])
