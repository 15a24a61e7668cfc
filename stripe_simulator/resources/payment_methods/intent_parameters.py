"""Checks of parameters that PaymentIntents and SetupIntents share."""

from typing import Any

from ...amounts.currencies import checked_currency
from ...errors import InvalidRequest
from ...state.account import Account, Object
from .payment_methods import method_from, usable

# Source: Stripe API reference, "Create a PaymentIntent": "This parameter can only be used with confirm=true."
_WITH_CONFIRM = ("error_on_requires_action", "mandate", "mandate_data", "off_session", "return_url")


def checked(account: Account, params: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters, with `payment_method` as the id of a usable one.

    It is created from `payment_method_data` if that is given.
    """
    if params.get("currency"):
        checked_currency(params["currency"])
    if params.get("customer"):
        account.get("customer", params["customer"], "customer")
    for name in ("confirmation_token", "customer_account", "mandate"):
        if params.get(name):
            account.get(name, params[name], name)
    email = params.get("receipt_email")
    if email and "@" not in email:
        raise InvalidRequest(f"Invalid email address: {email}", code="email_invalid", param="receipt_email")
    _check_descriptors(params)
    if params.get("payment_method"):
        return params | {"payment_method": usable(account, params["payment_method"])["id"]}
    if params.get("payment_method_data"):
        return params | {"payment_method": method_from(account, params["payment_method_data"])["id"]}
    return params


def refuse_without_confirm(params: dict[str, Any], noun: str) -> None:
    """Refuse parameters that are only valid when the intent is confirmed in the same request."""
    if params.get("confirm"):
        return
    # Compared by name without reading the value: a parameter without effect is still logged as ignored.
    for name in _WITH_CONFIRM:
        if name in params.keys():  # noqa: SIM118
            raise InvalidRequest(
                f"The parameter `{name}` cannot be passed when creating a {noun} unless `confirm` is set to true.",
                param=name,
            )


def check_owner(method: Object, customer: str | None, noun: str) -> None:
    """Refuse a payment method that belongs to another customer."""
    if method["customer"] is None or method["customer"] == customer:
        return
    if customer is None:
        raise InvalidRequest(
            f"The provided PaymentMethod ({method['id']}) belongs to the Customer {method['customer']}. Please include"
            f" the Customer in the `customer` parameter on the {noun}.",
            param="payment_method",
        )
    raise InvalidRequest(
        f"The provided PaymentMethod ({method['id']}) belongs to the Customer {method['customer']}, not to {customer}. Use a"
        f" PaymentMethod of the Customer of the {noun}.",
        param="payment_method",
    )


def _check_descriptors(params: dict[str, Any]) -> None:
    for name in ("statement_descriptor", "statement_descriptor_suffix"):
        text = params.get(name)
        if text and (set(text) & set("<>'\"*\\") or not any(letter.isalpha() for letter in text)):
            raise InvalidRequest(
                "The statement descriptor must contain at least one letter, and none of < > ' \" * \\.",
                param=name,
            )
