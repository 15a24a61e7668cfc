"""SetupIntents: a payment method kept for later. Source: Stripe docs, "The Setup Intents API"."""

from typing import Any

from ..account import Account, Object
from ..cards import card_with_number
from ..errors import CardError, InvalidRequest
from ..listing import listable, retrievable
from ..metadata import merged
from ..operations import Call, operation
from .payment_method_cards import decline
from .payment_methods import attach_to, usable

listable("setup_intents.list", "setup_intent", "customer", "payment_method")
retrievable("setup_intents.retrieve", "setup_intent")
_WAITING = ("requires_payment_method", "requires_confirmation", "requires_action")


def new_setup_intent(account: Account, params: dict[str, Any]) -> Object:
    """Add an intent that waits."""
    id = account.new_id("seti")
    intent = {
        "id": id,
        "object": "setup_intent",
        "application": None,
        "automatic_payment_methods": {"allow_redirects": "always", "enabled": True},
        "cancellation_reason": None,
        "client_secret": f"{id}_secret_{account.new_id('', 25)[1:]}",
        "created": account.now,
        "customer": params.get("customer"),
        "description": params.get("description"),
        "flow_directions": None,
        "last_setup_error": None,
        "latest_attempt": None,
        "livemode": False,
        "mandate": None,
        "metadata": merged({}, params.get("metadata", {})),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": params.get("payment_method"),
        "payment_method_options": {
            "card": {"mandate_options": None, "network": None, "request_three_d_secure": None}
        },
        "payment_method_types": ["card"],
        "single_use_mandate": None,
        "status": "requires_confirmation" if params.get("payment_method") else "requires_payment_method",
        "usage": params.get("usage", "off_session"),
    }
    account.add(intent)
    account.emit("setup_intent.created", intent)
    return intent


@operation("setup_intents.create")
def create(call: Call) -> Object:
    """A new intent, confirmed at once if asked."""
    account, params = call.account, call.params
    if params.get("customer"):
        account.get("customer", params["customer"], "customer")
    if params.get("payment_method"):
        params["payment_method"] = usable(account, params["payment_method"])["id"]
    intent = new_setup_intent(account, params)
    if params.get("confirm"):
        confirm_setup(account, intent, params)
    return account.render(intent)


@operation("setup_intents.update")
def update(call: Call) -> Object:
    """Change what is given, until the intent has ended."""
    account, params = call.account, call.params
    intent = account.get("setup_intent", call.id)
    _refuse_ended(intent)
    if params.get("customer"):
        account.get("customer", params["customer"], "customer")
    intent["metadata"] = merged(intent["metadata"], params.get("metadata", {}))
    for name in ("customer", "description"):
        if name in params:
            intent[name] = params[name]
    if params.get("payment_method"):
        method = usable(account, params["payment_method"])
        intent.update(payment_method=method["id"], status="requires_confirmation")
    return account.render(intent)


@operation("setup_intents.confirm")
def confirm(call: Call) -> Object:
    """Try to set the payment method up."""
    account = call.account
    intent = account.get("setup_intent", call.id)
    _refuse_ended(intent)
    confirm_setup(account, intent, call.params)
    return account.render(intent)


@operation("setup_intents.cancel")
def cancel(call: Call) -> Object:
    """Give up."""
    account = call.account
    intent = account.get("setup_intent", call.id)
    _refuse_ended(intent)
    if intent.get("_session"):
        raise InvalidRequest(
            "You cannot cancel the SetupIntent of a Checkout Session. Expire the Checkout Session instead.",
            code="setup_intent_unexpected_state",
        )
    intent.update(
        status="canceled", cancellation_reason=call.params.get("cancellation_reason"), next_action=None
    )
    account.emit("setup_intent.canceled", intent)
    return account.render(intent)


def confirm_setup(
    account: Account, intent: Object, params: dict[str, Any], authenticated: bool = False
) -> None:
    """Succeed, fail with CardError, or ask for authentication."""
    id = params.get("payment_method") or intent["payment_method"]
    if not id:
        raise InvalidRequest("This SetupIntent needs a payment method.", code="setup_intent_unexpected_state")
    method = usable(account, id)
    intent["payment_method"] = method["id"]
    card = card_with_number(method["_number"])
    if card is not None and card.outcome == "declines":
        _fail(account, intent, method, decline(card) | {"type": "card_error"})
    if card is not None and card.outcome == "challenges" and not authenticated:
        redirect = {
            "return_url": params.get("return_url"),
            "url": f"{account.base_url}/3d_secure/{intent['id']}",
        }
        intent.update(
            status="requires_action", next_action={"redirect_to_url": redirect, "type": "redirect_to_url"}
        )
        account.emit("setup_intent.requires_action", intent)
        return
    if intent["customer"]:
        attach_to(account, method["id"], account.get("customer", intent["customer"], "customer"))
    intent.update(status="succeeded", next_action=None, last_setup_error=None)
    account.emit("setup_intent.succeeded", intent)


def _fail(account: Account, intent: Object, method: Object, told: Object) -> None:
    shown = told | {"payment_method": account.snapshot(method)}
    intent.update(
        status="requires_payment_method", payment_method=None, last_setup_error=shown, next_action=None
    )
    account.emit("setup_intent.setup_failed", intent)
    message = str(told.pop("message"))
    told.pop("type")
    raise CardError(message, **told, setup_intent=account.snapshot(intent))


def _refuse_ended(intent: Object) -> None:
    if intent["status"] not in _WAITING:
        raise InvalidRequest(
            f"This SetupIntent's status is {intent['status']}.", code="setup_intent_unexpected_state"
        )
