"""PaymentIntents: from the wish for money to its arrival. Source: Stripe docs, "How PaymentIntents work"."""

from typing import Any

from ..account import Account, Object
from ..errors import InvalidRequest, StripeError
from ..listing import listable, retrievable
from ..metadata import merged
from ..operations import Call, operation
from .payment_confirmation import confirm_intent
from .payment_methods import usable

listable("payment_intents.list", "payment_intent", "customer")
retrievable("payment_intents.retrieve", "payment_intent")

_PLAIN = (
    "application_fee_amount", "description", "receipt_email", "setup_future_usage", "shipping", "statement_descriptor",
    "statement_descriptor_suffix", "transfer_group",
)  # fmt: skip
_LARGEST = 99_999_999


def new_intent(account: Account, params: dict[str, Any]) -> Object:
    """Add an intent that has no payment method yet, or waits to be confirmed with one."""
    id = account.new_id("pi")
    intent = {
        "id": id,
        "object": "payment_intent",
        "amount": params["amount"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "automatic_payment_methods": {"allow_redirects": "always", "enabled": True},
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": params.get("capture_method", "automatic_async"),
        "client_secret": f"{id}_secret_{account.new_id('', 25)[1:]}",
        "confirmation_method": params.get("confirmation_method", "automatic"),
        "created": account.now,
        "currency": params["currency"].lower(),
        "customer": params.get("customer"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": merged({}, params.get("metadata", {})),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": params.get("payment_method"),
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "processing": None,
        "review": None,
        "source": None,
        "status": "requires_confirmation" if params.get("payment_method") else "requires_payment_method",
        "transfer_data": None,
    } | {name: params.get(name) for name in _PLAIN}
    account.add(intent)
    account.emit("payment_intent.created", intent)
    return intent


@operation("payment_intents.create")
def create(call: Call) -> Object:
    """A new intent, confirmed at once if asked."""
    account = call.account
    params = _checked(account, call.params)
    if params.get("confirm") and not params.get("payment_method"):
        raise InvalidRequest(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code="payment_intent_unexpected_state",
        )
    intent = new_intent(account, params)
    if params.get("confirm"):
        confirm_intent(account, intent, params)
    return account.render(intent)


@operation("payment_intents.update")
def update(call: Call) -> Object:
    """Change what is given, until the intent has ended."""
    account = call.account
    intent = account.get("payment_intent", call.id)
    refuse_ended(
        intent, "updated", allowed=("requires_payment_method", "requires_confirmation", "requires_action")
    )
    params = _checked(account, call.params)
    metadata = merged(intent["metadata"], params.get("metadata", {}))
    intent["metadata"] = metadata
    for name in (*_PLAIN, "amount", "currency", "customer"):
        if name in params:
            intent[name] = params[name]
    if params.get("payment_method"):
        intent["payment_method"], intent["status"] = params["payment_method"], "requires_confirmation"
    return account.render(intent)


@operation("payment_intents.confirm")
def confirm(call: Call) -> Object:
    """Try to take the money."""
    account = call.account
    intent = account.get("payment_intent", call.id)
    refuse_ended(
        intent, "confirmed", allowed=("requires_payment_method", "requires_confirmation", "requires_action")
    )
    confirm_intent(account, intent, _checked(account, call.params))
    return account.render(intent)


@operation("payment_intents.cancel")
def cancel(call: Call) -> Object:
    """Give up on the payment."""
    account = call.account
    intent = account.get("payment_intent", call.id)
    refuse_ended(
        intent,
        "canceled",
        allowed=(
            "requires_payment_method",
            "requires_confirmation",
            "requires_action",
            "requires_capture",
            "processing",
        ),
    )
    if intent.get("_session") and intent["status"] != "requires_capture":
        raise InvalidRequest(
            "You cannot cancel the PaymentIntent of a Checkout Session. Expire the Checkout Session instead.",
            code="payment_intent_unexpected_state",
        )
    if intent.get("_default_of_invoice"):
        raise InvalidRequest(
            "You cannot cancel this PaymentIntent because it is the default payment of an invoice. Void the invoice"
            " instead.",
            code="payment_intent_unexpected_state",
        )
    cancel_intent(account, intent, call.params.get("cancellation_reason"))
    return account.render(intent)


def cancel_intent(account: Account, intent: Object, reason: str | None) -> None:
    """End an intent without money; nothing happens to one that has ended."""
    if intent["status"] in ("canceled", "succeeded"):
        return
    intent.update(
        status="canceled",
        canceled_at=account.now,
        cancellation_reason=reason,
        next_action=None,
        amount_capturable=0,
    )
    account.emit("payment_intent.canceled", intent)


def refuse_ended(intent: Object, done: str, allowed: tuple[str, ...]) -> None:
    """Refuse an intent whose status does not allow this. Source: "Error codes", payment_intent_unexpected_state."""
    if intent["status"] not in allowed:
        raise StripeError(
            f"This PaymentIntent's status is {intent['status']}, so it cannot be {done}. Allowed: {', '.join(allowed)}.",
            code="payment_intent_unexpected_state",
            payment_intent={name: value for name, value in intent.items() if name[0] != "_"},
        )


def _checked(account: Account, params: dict[str, Any]) -> dict[str, Any]:
    amount = params.get("amount")
    if amount is not None and amount < 1:
        raise InvalidRequest(
            "This value must be greater than or equal to 1.", code="parameter_invalid_integer", param="amount"
        )
    if amount is not None and amount > _LARGEST:
        raise InvalidRequest("Amount must be no more than 99999999", code="amount_too_large", param="amount")
    if params.get("customer"):
        account.get("customer", params["customer"], "customer")
    if params.get("payment_method"):
        params = params | {"payment_method": usable(account, params["payment_method"])["id"]}
    return params
