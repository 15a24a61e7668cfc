"""Refunds: money that goes back."""

from typing import Any

from ..account import Account, Object
from ..errors import InvalidRequest
from ..listing import listable, retrievable
from ..metadata import merged
from ..operations import Call, operation

listable("refunds.list", "refund", "charge", "payment_intent")
retrievable("refunds.retrieve", "refund")


@operation("refunds.create")
def create(call: Call) -> Object:
    """Refund a charge, or the latest charge of a PaymentIntent, in part or whole."""
    account, params = call.account, call.params
    charge = _charge(account, params)
    left: int = charge["amount_captured"] - charge["amount_refunded"]
    return account.render(refund_charge(account, charge, params.get("amount", left), params))


def refund_charge(account: Account, charge: Object, amount: int, params: dict[str, Any]) -> Object:
    """Send this much back, in minor units."""
    _check(charge, amount, charge["amount_captured"] - charge["amount_refunded"])
    refund = account.add(_new_refund(account, charge, amount, params))
    before = account.snapshot(charge)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    account.emit("charge.refunded", charge, before)
    account.emit("refund.created", refund)
    return refund


def _new_refund(account: Account, charge: Object, amount: int, params: dict[str, Any]) -> Object:
    reference = {
        "reference_status": "pending",
        "reference_type": "acquirer_reference_number",
        "type": "refund",
    }
    return {
        "id": account.new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": account.now,
        "currency": charge["currency"],
        "customer": charge["customer"],
        "destination_details": {"card": reference, "type": "card"},
        "metadata": merged({}, params.get("metadata") or {}),
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


@operation("refunds.update")
def update(call: Call) -> Object:
    """Change metadata."""
    account = call.account
    refund = account.get("refund", call.id)
    metadata = merged(refund["metadata"], call.params.get("metadata", {}))
    with account.changing(refund, "refund.updated"):
        refund["metadata"] = metadata
    return account.render(refund)


def _charge(account: Account, params: dict[str, Any]) -> Object:
    if params.get("charge"):
        return account.get("charge", params["charge"], "charge")
    if not params.get("payment_intent"):
        raise InvalidRequest(
            "One of the following params should be provided for this request: payment_intent or charge.",
            code="parameter_missing",
        )
    intent = account.get("payment_intent", params["payment_intent"], "payment_intent")
    charge = account.find("charge", intent["latest_charge"])
    if charge is None or charge["status"] != "succeeded":
        raise InvalidRequest(
            "This PaymentIntent does not have a successful charge to refund.",
            code="payment_intent_unexpected_state",
            param="payment_intent",
        )
    return charge


def _check(charge: Object, amount: int, left: int) -> None:
    if charge["disputed"]:
        raise InvalidRequest(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
        )
    if left <= 0:
        raise InvalidRequest(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    if amount < 1:
        raise InvalidRequest("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount > left:
        raise InvalidRequest(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param="amount"
        )
