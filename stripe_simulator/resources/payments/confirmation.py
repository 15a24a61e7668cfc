"""Confirming a PaymentIntent: it succeeds, is declined or requires authentication."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from ...cards.card import Card
from ...cards.lookup import card_with_number
from ...errors import AttemptFailed, CardError, InvalidRequest
from ...state.account import Account, Object
from ..account_balance.movements import receive_charge
from ..payment_methods.cards import decline
from ..payment_methods.intent_parameters import check_owner
from ..payment_methods.payment_methods import check_reusable, mark_set_up
from .authentication import requires_authentication
from .bank_debits import process
from .charges import new_charge
from .intent_states import without_method

# "Most card authorizations are valid for 7 days"; the simulator makes no difference between brands.
_AUTHORIZED_SECONDS = 7 * 86400
_MISSING = "authentication_required"
# Source: "Test card numbers", 3-D Secure: attempting it on this card results in a processing error.
_FAILS_WHEN_ASKED = "4000000000003097"


def confirm_intent(
    account: Account, intent: Object, params: dict[str, Any], authenticated: bool = False
) -> None:
    """Attempt the payment; raise CardError when the card declines, after recording that."""
    method = account.find("payment_method", params.get("payment_method") or intent["payment_method"])
    if method is None:
        raise without_method(account, intent)
    check_owner(method, intent["customer"], "PaymentIntent")
    check_reusable(method)
    _check_type(intent, method)
    intent["payment_method"] = method["id"]
    if method["type"] == "us_bank_account":
        process(account, intent, method)
        return
    card = card_with_number(method["_number"]) or Card(method["_number"])
    authenticated = authenticated or intent.pop("_authenticated", False)
    off_session = params.get("off_session", False)
    if not authenticated and requires_authentication(card, method, intent, off_session):
        _authenticate(account, intent, method, card, params)
    elif card.outcome == "declines":
        _decline(account, intent, method, card)
    else:
        _succeed(account, intent, method)


def pass_authentication(account: Account, intent: Object) -> None:
    """Take the money after a passed challenge, or wait for the server to confirm once more (manual)."""
    if intent["confirmation_method"] == "manual":
        intent.update(status="requires_confirmation", next_action=None, _authenticated=True)
    else:
        with suppress(CardError):  # some test cards decline after the challenge
            confirm_intent(account, intent, {}, authenticated=True)


def fail_authentication(account: Account, intent: Object) -> None:
    """Fail the payment after a failed challenge."""
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


def _check_type(intent: Object, method: Object) -> None:
    if "_types" in intent and method["type"] not in intent["_types"]:
        raise InvalidRequest(
            f"The PaymentMethod provided ({method['type']}) is not allowed for this PaymentIntent. Please attach a PaymentMethod"
            f" of one of the following types: {', '.join(intent['_types'])}.",
            code="payment_intent_invalid_parameter",
            param="payment_method",
        )
    if method["type"] not in intent["payment_method_types"]:
        # Unless types are given, only cards are listed; what was used is one that could be.
        intent["payment_method_types"] = [*intent["payment_method_types"], method["type"]]


def _succeed(account: Account, intent: Object, method: Object) -> None:
    options = intent["payment_method_options"].get("card", {})
    manual = "manual" in (intent["capture_method"], options.get("capture_method"))
    charge = new_charge(account, intent, method, captured=not manual)
    intent.update(latest_charge=charge["id"], last_payment_error=None, next_action=None)
    _keep(account, intent, method)
    if manual:
        intent.update(status="requires_capture", amount_capturable=intent["amount"])
        account.emit("charge.succeeded", charge)
        account.emit("payment_intent.amount_capturable_updated", intent)
        account.agenda.add(account.now + _AUTHORIZED_SECONDS, "expire_authorization", intent)
        return
    intent.update(status="succeeded", amount_received=intent["amount"])
    receive_charge(account, charge)
    account.emit("charge.succeeded", charge)
    account.emit("payment_intent.succeeded", intent)


def _keep(account: Account, intent: Object, method: Object) -> None:
    """Attach the method to the customer if requested; otherwise it is used up."""
    future = intent["setup_future_usage"] or intent["payment_method_options"].get("card", {}).get(
        "setup_future_usage"
    )
    if method["customer"] is None and future and future != "none" and intent["customer"]:
        method["customer"] = intent["customer"]
        mark_set_up(method)
        account.emit("payment_method.attached", method)
    elif method["customer"] is None:
        method["_used"] = True


def _authenticate(
    account: Account, intent: Object, method: Object, card: Card, params: dict[str, Any]
) -> None:
    """Challenge the customer, or decline where that is impossible."""
    if card.number == _FAILS_WHEN_ASKED:
        _decline(account, intent, method, replace(card, code="processing_error"))
    if params.get("off_session") or params.get("error_on_requires_action"):
        _decline(account, intent, method, replace(card, code=_MISSING, decline_code=_MISSING))
    _challenge(account, intent, params)


def _challenge(account: Account, intent: Object, params: dict[str, Any]) -> None:
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
    failure = decline(card) | {"type": "card_error"}
    charge = new_charge(account, intent, method, captured=False, failure=failure)
    shown = failure | {"charge": charge["id"], "payment_method": account.snapshot(method)}
    intent.update(
        status="requires_payment_method",
        latest_charge=charge["id"],
        next_action=None,
        last_payment_error=shown,
        payment_method=None,
    )
    account.emit("charge.failed", charge)
    account.emit("payment_intent.payment_failed", intent)
    message = str(failure.pop("message"))
    failure.pop("type")
    raise AttemptFailed(
        message,
        **failure,
        charge=charge["id"],
        payment_intent=account.snapshot(intent),
        payment_method=shown["payment_method"],
    )
