"""Capturing a PaymentIntent that was only authorized. Source: Stripe docs, "Place a hold on a payment method"."""

from ..account import Object
from ..errors import InvalidRequest
from ..operations import Call, operation
from .payment_intents import refuse_ended


@operation("payment_intents.capture")
def capture(call: Call) -> Object:
    """Take all that was authorized, or less; the rest is released."""
    account = call.account
    intent = account.get("payment_intent", call.id)
    refuse_ended(intent, "captured", allowed=("requires_capture",))
    most: int = intent["amount_capturable"]
    amount: int = call.params.get("amount_to_capture", most)
    if not 0 < amount <= most:
        raise InvalidRequest(
            f"The amount must be positive and no more than the {most} authorized.",
            code="amount_too_large",
            param="amount_to_capture",
        )
    charge = account.objects[intent["latest_charge"]]
    with account.changing(charge, "charge.captured"):
        charge.update(captured=True, amount_captured=amount)
    intent.update(status="succeeded", amount_received=amount, amount_capturable=0)
    account.emit("payment_intent.succeeded", intent)
    return account.render(intent)
