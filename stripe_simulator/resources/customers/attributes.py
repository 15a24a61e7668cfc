"""The attributes that a request sets on a customer. Source: Stripe API reference, "Create a customer"."""

import re
from typing import Any

from ...errors import InvalidRequest
from ...state.account import Object

_PLAIN = (
    "business_name", "description", "email", "individual_name", "name", "phone", "preferred_locales", "tax_exempt",
    "next_invoice_sequence", "invoice_prefix",
)  # fmt: skip
_ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")
_PREFIX = re.compile(r"^[A-Z0-9]{1,12}$")


def check(params: dict[str, Any]) -> None:
    """Refuse what is malformed."""
    email = params.get("email")
    if email and ("@" not in email or email != email.strip() or " " in email):
        raise InvalidRequest(f"Invalid email address: {email}", code="email_invalid", param="email")
    prefix = params.get("invoice_prefix")
    if prefix is not None and not _PREFIX.match(prefix):
        raise InvalidRequest(
            "The invoice prefix must be 1 to 12 uppercase letters or numbers.", param="invoice_prefix"
        )
    if (params.get("next_invoice_sequence") or 1) < 1:
        raise InvalidRequest(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer",
            param="next_invoice_sequence",
        )
    for name in ("source", "default_source"):
        if params.get(name):
            raise InvalidRequest(f"No such source: '{params[name]}'", code="resource_missing", param=name)


def apply(customer: Object, params: dict[str, Any]) -> None:
    """Set the attributes that are given."""
    for name in _PLAIN:
        if name in params:
            customer[name] = params[name]
    if customer["tax_exempt"] is None:
        customer["tax_exempt"] = "none"
    if customer["preferred_locales"] is None:
        customer["preferred_locales"] = []
    if "address" in params:
        customer["address"] = address(params["address"])
    if "shipping" in params:
        given = params["shipping"]
        customer["shipping"] = given and {"phone": None, **given, "address": address(given["address"])}


def address(given: dict[str, Any] | None) -> Object | None:
    """Return an address with every part; None for a part that is not given."""
    return None if given is None else {part: given.get(part) for part in _ADDRESS}
