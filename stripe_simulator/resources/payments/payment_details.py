"""References of a payment for card networks; what they hold is up to the business.

Source: Stripe API reference, "The PaymentIntent object", payment_details.
"""

from typing import Any

from ...state.account import Object

_NAMES = ("customer_reference", "order_reference")


def payment_details(params: dict[str, Any], known: Object | None = None) -> Object | None:
    """Return the references that are known, changed by those that are given."""
    if "payment_details" not in params:
        return known
    given = params["payment_details"]
    if not given:
        return None
    changes = {name: given[name] or None for name in _NAMES if name in given}
    return (known or dict.fromkeys(_NAMES)) | changes
