"""Capturing a PaymentIntent that was only authorized.

Source: Stripe docs, "Place a hold on a payment method".
"""

from ...errors import InvalidRequest
from ...metadata import merged
from ...operations import Call, operation
from ...state.account import Object
from ..account_balance.movements import receive_charge
from ..payment_methods.intent_parameters import checked
from .intent_states import refuse_capturing
from .payment_details import payment_details


@operation("payment_intents.capture")
def capture(call: Call) -> Object:
    """Capture the authorized amount, or less; the rest is released."""
    account, params = call.account, checked(call.account, call.params)
    intent = account.get("payment_intent", call.id, "intent")
    refuse_capturing(account, intent)
    most: int = intent["amount_capturable"]
    amount: int = params.get("amount_to_capture", most)
    if amount < 1:
        raise InvalidRequest(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer",
            param="amount_to_capture",
        )
    if amount > most:
        raise InvalidRequest(
            f"Amount must be no more than the {most} that can be captured.",
            code="amount_too_large",
            param="amount_to_capture",
        )
    if params.get("final_capture") is False:
        raise InvalidRequest("This PaymentIntent does not support multicapture.", param="final_capture")
    intent["metadata"] = merged(intent["metadata"], params.get("metadata", {}))
    intent["payment_details"] = payment_details(params, intent["payment_details"])
    charge = account.objects[intent["latest_charge"]]
    with account.changing(charge, "charge.captured"):
        charge.update(captured=True, amount_captured=amount)
        receive_charge(account, charge)
        for name in ("statement_descriptor", "statement_descriptor_suffix"):
            if name in params:
                intent[name] = charge[name] = params[name]
    intent.update(status="succeeded", amount_received=amount, amount_capturable=0)
    account.emit("payment_intent.succeeded", intent)
    return account.render(intent)
