"""SetupIntents: a payment method saved for later. Source: Stripe docs, "The Setup Intents API"."""

from typing import Any

from ...cards.lookup import card_with_number
from ...errors import AttemptFailed, InvalidRequest
from ...listing import listable
from ...metadata import merged
from ...operations import Call, operation
from ...state.account import Account, Object
from .allowed_types import accept_types
from .cards import decline
from .intent_parameters import check_owner, checked, refuse_without_confirm
from .payment_methods import attach_to, mark_set_up, usable
from .setup_intent_states import refuse_canceling, refuse_confirming, refuse_updating, without_method

listable("setup_intents.list", "setup_intent", "customer", "payment_method", "attach_to_self")


def new_setup_intent(account: Account, params: dict[str, Any]) -> Object:
    """Add an intent that is not confirmed yet."""
    id = account.new_id("seti")
    intent = {
        "id": id,
        "object": "setup_intent",
        "application": None,
        "automatic_payment_methods": {"allow_redirects": "always", "enabled": True}
        | (params.get("automatic_payment_methods") or {}),
        "cancellation_reason": None,
        "client_secret": f"{id}_secret_{account.new_id('', 25)[1:]}",
        "created": account.now,
        "customer": params.get("customer"),
        "description": params.get("description"),
        "flow_directions": params.get("flow_directions"),
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
    if params.get("attach_to_self") is not None:
        intent["attach_to_self"] = params["attach_to_self"]
    accept_types(intent, params)
    intent = account.add(intent)
    account.emit("setup_intent.created", intent)
    return intent


@operation("setup_intents.create")
def create(call: Call) -> Object:
    """Create an intent, and confirm it if requested."""
    account = call.account
    refuse_without_confirm(call.params, "SetupIntent")
    params = checked(account, call.params)
    _check_owner(account, params, params.get("customer"))
    if params.get("confirm") and not params.get("payment_method"):
        raise InvalidRequest(
            "You cannot confirm this SetupIntent because it's missing a payment method.",
            code="setup_intent_unexpected_state",
        )
    intent = new_setup_intent(account, params)
    if params.get("confirm"):
        confirm_setup(account, intent, params)
    return account.render(intent)


@operation("setup_intents.retrieve")
def retrieve(call: Call) -> Object:
    """Return the intent; a `client_secret` must be its own."""
    intent = call.account.get("setup_intent", call.id, "intent")
    if call.params.get("client_secret", intent["client_secret"]) != intent["client_secret"]:
        raise InvalidRequest(
            "The client_secret provided does not match the client_secret associated with the SetupIntent.",
            param="client_secret",
        )
    return call.account.render(intent)


@operation("setup_intents.update")
def update(call: Call) -> Object:
    """Change what is given, until the intent has ended."""
    account = call.account
    intent = account.get("setup_intent", call.id, "intent")
    refuse_updating(account, intent)
    params = checked(account, call.params)
    _check_owner(account, params, params.get("customer", intent["customer"]))
    intent["metadata"] = merged(intent["metadata"], params.get("metadata", {}))
    for name in ("customer", "description"):
        if name in params:
            intent[name] = params[name]
    accept_types(intent, params)
    if params.get("payment_method"):
        intent.update(
            payment_method=params["payment_method"], status="requires_confirmation", next_action=None
        )
    return account.render(intent)


@operation("setup_intents.confirm")
def confirm(call: Call) -> Object:
    """Confirm the intent: set the payment method up."""
    account = call.account
    intent = account.get("setup_intent", call.id, "intent")
    refuse_confirming(account, intent)
    params = checked(account, call.params)
    _check_owner(account, params, intent["customer"])
    accept_types(intent, params)
    confirm_setup(account, intent, params)
    return account.render(intent)


@operation("setup_intents.cancel")
def cancel(call: Call) -> Object:
    """Cancel the intent."""
    account = call.account
    intent = account.get("setup_intent", call.id, "intent")
    refuse_canceling(account, intent)
    cancel_setup(account, intent, call.params.get("cancellation_reason"))
    return account.render(intent)


def cancel_setup(account: Account, intent: Object, reason: str | None) -> None:
    """Cancel an intent; one that has ended is left as it is."""
    if intent["status"] in ("canceled", "succeeded"):
        return
    intent.update(status="canceled", cancellation_reason=reason, next_action=None)
    account.emit("setup_intent.canceled", intent)


def confirm_setup(
    account: Account, intent: Object, params: dict[str, Any], authenticated: bool = False
) -> None:
    """Succeed, raise CardError, or require authentication."""
    id = params.get("payment_method") or intent["payment_method"]
    if not id:
        raise without_method(account, intent)
    method = usable(account, id)
    check_owner(method, intent["customer"], "SetupIntent")
    intent["payment_method"] = method["id"]
    card = card_with_number(method["_number"])
    if card is not None and card.outcome == "declines" and not card.attaches:
        _fail(account, intent, method, decline(card) | {"type": "card_error"})
    known = card is not None and card.authentication == "until_set_up" and method.get("_set_up")
    challenged = card is not None and card.authentication in ("always", "until_set_up")
    if challenged and not known and not authenticated:
        _challenge(account, intent, params)
        return
    if intent["customer"]:
        attach_to(account, method["id"], account.get("customer", intent["customer"], "customer"))
    mark_set_up(method)
    intent.update(status="succeeded", next_action=None, last_setup_error=None)
    account.emit("setup_intent.succeeded", intent)


def _challenge(account: Account, intent: Object, params: dict[str, Any]) -> None:
    url = f"{account.base_url}/3d_secure/{intent['id']}"
    redirect = {"return_url": params.get("return_url"), "url": url}
    intent.update(
        status="requires_action",
        next_action={"redirect_to_url": redirect, "type": "redirect_to_url"},
        _return_url=params.get("return_url"),
    )
    account.emit("setup_intent.requires_action", intent)


def _check_owner(account: Account, params: dict[str, Any], customer: str | None) -> None:
    if params.get("payment_method"):
        method = account.get("payment_method", params["payment_method"], "payment_method")
        check_owner(method, customer, "SetupIntent")


def _fail(account: Account, intent: Object, method: Object, failure: Object) -> None:
    shown = failure | {"payment_method": account.snapshot(method)}
    intent.update(
        status="requires_payment_method", payment_method=None, last_setup_error=shown, next_action=None
    )
    account.emit("setup_intent.setup_failed", intent)
    message = str(failure.pop("message"))
    failure.pop("type")
    raise AttemptFailed(
        message,
        **failure,
        setup_intent=account.snapshot(intent),
        payment_method=shown["payment_method"],
    )
