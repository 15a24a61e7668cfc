"""PaymentIntents: created, changed, confirmed. Source: Stripe docs, "How PaymentIntents work"."""

from typing import Any

from ...amounts.minimum_charges import check_charge
from ...errors import InvalidRequest
from ...listing import listable
from ...metadata import merged
from ...operations import Call, operation
from ...state.account import Account, Object
from ..payment_methods.allowed_types import accept_types
from ..payment_methods.intent_parameters import check_owner, checked, refuse_without_confirm
from .confirmation import confirm_intent
from .intent_states import refuse_confirming, refuse_updating
from .new_intent import PLAIN, new_intent, shown_options
from .payment_details import payment_details

listable("payment_intents.list", "payment_intent", "customer")
_AT_CONFIRMATION = ("receipt_email", "setup_future_usage", "shipping", "capture_method")


@operation("payment_intents.create")
def create(call: Call) -> Object:
    """Create an intent, and confirm it if requested."""
    account = call.account
    check_charge(call.params["amount"], call.params["currency"])
    refuse_without_confirm(call.params, "PaymentIntent")
    params = checked(account, call.params)
    if params.get("confirm") and not params.get("payment_method"):
        raise _without_method()
    _check_owner(account, params, params.get("customer"))
    intent = new_intent(account, params)
    if params.get("confirm"):
        confirm_intent(account, intent, params)
    return account.render(intent)


def _without_method() -> InvalidRequest:
    return InvalidRequest(
        "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the"
        " PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment"
        " method or ConfirmationToken.",
        code="payment_intent_unexpected_state",
    )


@operation("payment_intents.retrieve")
def retrieve(call: Call) -> Object:
    """Return the intent; a `client_secret` must be its own."""
    intent = call.account.get("payment_intent", call.id, "intent")
    if call.params.get("client_secret", intent["client_secret"]) != intent["client_secret"]:
        raise InvalidRequest(
            "The client_secret provided does not match the client_secret associated with the PaymentIntent.",
            code="payment_intent_invalid_parameter",
            param="client_secret",
        )
    return call.account.render(intent)


@operation("payment_intents.update")
def update(call: Call) -> Object:
    """Change what is given; once the intent has ended, its metadata and description alone."""
    account = call.account
    intent = account.get("payment_intent", call.id, "intent")
    refuse_updating(account, intent, call.params)
    if "amount" in call.params or "currency" in call.params:
        given = {"amount": intent["amount"], "currency": intent["currency"]} | call.params
        check_charge(given["amount"], given["currency"])
    params = checked(account, call.params)
    _check_owner(account, params, params.get("customer", intent["customer"]))
    intent["metadata"] = merged(intent["metadata"], params.get("metadata", {}))
    for name in (*PLAIN, "amount", "customer", "capture_method"):
        if name in params:
            intent[name] = params[name]
    if params.get("currency"):
        intent["currency"] = params["currency"].lower()
    intent["payment_details"] = payment_details(params, intent["payment_details"])
    if params.get("payment_method_options"):
        intent["payment_method_options"] = shown_options(params)
    accept_types(intent, params)
    if params.get("payment_method"):
        intent["payment_method"], intent["status"] = params["payment_method"], "requires_confirmation"
        intent["next_action"] = None
    return account.render(intent)


@operation("payment_intents.confirm")
def confirm(call: Call) -> Object:
    """Confirm the intent: attempt the payment."""
    account = call.account
    intent = account.get("payment_intent", call.id, "intent")
    refuse_confirming(account, intent)
    if call.params.get("amount_to_confirm", intent["amount"]) != intent["amount"]:
        raise InvalidRequest(
            f"The amount_to_confirm must be the amount of the PaymentIntent, {intent['amount']}.",
            param="amount_to_confirm",
        )
    params = checked(account, call.params)
    _check_owner(account, params, intent["customer"])
    for name in _AT_CONFIRMATION:
        if name in params:
            intent[name] = params[name]
    intent["payment_details"] = payment_details(params, intent["payment_details"])
    if params.get("payment_method_options"):
        intent["payment_method_options"] = shown_options(params)
    accept_types(intent, params)
    confirm_intent(account, intent, params)
    return account.render(intent)


def _check_owner(account: Account, params: dict[str, Any], customer: str | None) -> None:
    if params.get("payment_method"):
        method = account.get("payment_method", params["payment_method"], "payment_method")
        check_owner(method, customer, "PaymentIntent")
