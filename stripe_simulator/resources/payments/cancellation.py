"""PaymentIntents that end without money, or with less: canceled, or not captured in time."""

from ...operations import Call, operation
from ...state.account import Account, Object
from ...state.actions import action
from .intent_states import refuse_canceling
from .refunds import release

_ENDED = ("canceled", "succeeded")


@operation("payment_intents.cancel")
def cancel(call: Call) -> Object:
    """Cancel the intent."""
    account = call.account
    intent = account.get("payment_intent", call.id, "intent")
    refuse_canceling(account, intent)
    cancel_intent(account, intent, call.params.get("cancellation_reason"))
    return account.render(intent)


def cancel_intent(account: Account, intent: Object, reason: str | None) -> None:
    """Cancel an intent; one that has ended is left as it is."""
    if intent["status"] in _ENDED:
        return
    authorized = intent["status"] == "requires_capture"
    intent.update(
        status="canceled",
        canceled_at=account.now,
        cancellation_reason=reason,
        next_action=None,
        amount_capturable=0,
    )
    if authorized:
        release(account, account.objects[intent["latest_charge"]])
    account.emit("payment_intent.canceled", intent)


@action("expire_authorization")
def expire_authorization(account: Account, intent: Object) -> None:
    """Release what is not captured within seven days.

    Source: Stripe docs, "Place a hold on a payment method".
    """
    if intent["status"] == "requires_capture":
        account.emit("charge.expired", account.objects[intent["latest_charge"]])
        cancel_intent(account, intent, "automatic")
