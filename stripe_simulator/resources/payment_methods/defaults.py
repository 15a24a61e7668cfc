"""The payment method that invoices and subscriptions charge by default."""

from ...errors import InvalidRequest
from ...state.account import Account, Object

_PARAM = "default_payment_method"


def check_default_method(account: Account, customer: str, id: str | None) -> None:
    """Refuse a payment method that does not belong to the customer.

    Source: API reference, "Create a subscription", default_payment_method.
    """
    if not id:
        return
    method: Object = account.get("payment_method", id, _PARAM)
    if method["customer"] != customer:
        raise InvalidRequest(
            f"The customer does not have a payment method with the ID {id}. The payment method must be attached to the"
            " customer.",
            code="resource_missing",
            param=_PARAM,
        )


def nothing_to_charge() -> InvalidRequest:
    """Return Stripe's error for a payment that is due now without a payment method."""
    return InvalidRequest(
        "This customer has no attached payment source or default payment method. Please consider adding a default"
        " payment method.",
        code="resource_missing",
    )
