"""Confirming a PaymentIntent: it succeeds, declines or asks for authentication."""

from typing import Any

from ..account import Account, Object
from ..cards import Card, card_with_number
from ..errors import CardError, InvalidRequest
from .bank_debits import process
from .charges import new_charge
from .payment_method_cards import decline


def confirm_intent(
    account: Account, intent: Object, params: dict[str, Any], authenticated: bool = False
) -> None:
    """Try to take the money; raises CardError when the card declines, after recording that."""
    method = account.find("payment_method", params.get("payment_method") or intent["payment_method"])
    if method is None:
        raise InvalidRequest(
            "You cannot confirm this PaymentIntent because it's missing a payment method. Update the PaymentIntent with"
            " a payment method and then confirm it again.",
            code="payment_intent_unexpected_state",
        )
    _check_owner(intent, method)
    card = card_with_number(method["_number"])
    intent["payment_method"] = method["id"]
    if card is None or card.outcome == "pays" or (authenticated and card.outcome == "challenges"):
        _succeed(account, intent, method)
    elif card.kind == "us_bank_account":
        process(account, intent, method)
    elif card.outcome == "challenges":
        _challenge(account, intent, method, params)
    else:
        _decline(account, intent, method, card)


def fail_authentication(account: Account, intent: Object) -> None:
    """The cardholder did not pass the challenge."""
    method = account.find("payment_method", intent["payment_method"])
    message = "The provided PaymentMethod has failed authentication. Provide another one to try again."
    error: Object = {
        "code": "payment_intent_authentication_failure",
        "message": message,
        "type": "invalid_request_error",
    }
    if method is not None:
        error["payment_method"] = account.snapshot(method)
    intent.update(
        status="requires_payment_method", next_action=None, payment_method=None, last_payment_error=error
    )
    account.emit("payment_intent.payment_failed", intent)


def _check_owner(intent: Object, method: Object) -> None:
    if method["customer"] is not None and method["customer"] != intent["customer"]:
        raise InvalidRequest(
            f"The provided PaymentMethod ({method['id']}) belongs to the Customer {method['customer']}. Please include"
            " the Customer in the `customer` parameter on the PaymentIntent.",
            param="payment_method",
        )


def _succeed(account: Account, intent: Object, method: Object) -> None:
    manual = intent["capture_method"] == "manual"
    charge = new_charge(account, intent, method, captured=not manual)
    intent.update(latest_charge=charge["id"], last_payment_error=None, next_action=None)
    if intent["setup_future_usage"] and intent["customer"] and method["customer"] is None:
        method["customer"] = intent["customer"]
        account.emit("payment_method.attached", method)
    if manual:
        intent.update(status="requires_capture", amount_capturable=intent["amount"])
        account.emit("charge.succeeded", charge)
        account.emit("payment_intent.amount_capturable_updated", intent)
        return
    intent.update(status="succeeded", amount_received=intent["amount"])
    account.emit("charge.succeeded", charge)
    account.emit("payment_intent.succeeded", intent)


def _challenge(account: Account, intent: Object, method: Object, params: dict[str, Any]) -> None:
    if params.get("off_session") or params.get("error_on_requires_action"):
        card = Card(method["_number"], code="authentication_required", decline_code="authentication_required")
        _decline(account, intent, method, card)
    url = f"{account.base_url}/3d_secure/{intent['id']}"
    redirect = {"return_url": params.get("return_url"), "url": url}
    intent.update(
        status="requires_action",
        last_payment_error=None,
        next_action={"redirect_to_url": redirect, "type": "redirect_to_url"},
        _return_url=params.get("return_url"),
    )
    account.emit("payment_intent.requires_action", intent)


def _decline(account: Account, intent: Object, method: Object, card: Card) -> None:
    told = decline(card) | {"type": "card_error"}
    charge = new_charge(account, intent, method, captured=False, failure=told)
    shown = told | {"charge": charge["id"], "payment_method": account.snapshot(method)}
    intent.update(
        status="requires_payment_method",
        latest_charge=charge["id"],
        next_action=None,
        last_payment_error=shown,
        payment_method=None,
    )
    account.emit("charge.failed", charge)
    account.emit("payment_intent.payment_failed", intent)
    message = str(told.pop("message"))
    told.pop("type")
    raise CardError(message, **told, charge=charge["id"], payment_intent=account.snapshot(intent))
