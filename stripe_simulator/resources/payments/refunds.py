"""Refunds of charges."""

from typing import Any

from ...amounts.money import written
from ...errors import InvalidRequest
from ...listing import listable, retrievable
from ...metadata import merged
from ...operations import Call, operation
from ...state.account import Account, Object
from ...state.actions import action
from ..account_balance.movements import pay_refund, return_refund
from ..test_clocks import clock_of

listable("refunds.list", "refund", "charge", "payment_intent")
retrievable("refunds.retrieve", "refund")
_SLOW, _FAILING = "4000000000007726", "4000000000005126"
# Assumed: Stripe says only that the status of these test cards changes later.
# Debits are returned in "3-5 business days".
_SECONDS = {"card": 5 * 60, "us_bank_account": 4 * 86400}


@operation("refunds.create")
def create(call: Call) -> Object:
    """Refund a charge, or the latest charge of a PaymentIntent, in part or whole."""
    account, params = call.account, call.params
    charge = _charge(account, params)
    left: int = charge["amount_captured"] - charge["amount_refunded"]
    return account.render(refund_charge(account, charge, params.get("amount", left), params))


def refund_charge(account: Account, charge: Object, amount: int, params: dict[str, Any]) -> Object:
    """Refund this amount, in minor units."""
    check_refund(charge, amount)
    refund = account.add(_new_refund(account, charge, amount, params))
    _settle_later(account, charge, refund)
    if refund["status"] == "succeeded":
        refund["balance_transaction"] = pay_refund(account, refund)
    before = account.snapshot(charge)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    account.emit("charge.refunded", charge, before)
    account.emit("refund.created", refund)
    return refund


def release(account: Account, charge: Object) -> Object:
    """Release an amount that was authorized and never captured."""
    refund = account.add(_new_refund(account, charge, charge["amount"], {}))
    with account.changing(charge, "charge.refunded"):
        charge.update(amount_refunded=charge["amount"], refunded=True)
    account.emit("refund.created", refund)
    return refund


def _settle_later(account: Account, charge: Object, refund: Object) -> None:
    method = account.find("payment_method", charge["payment_method"]) or {}
    kind = method.get("type", "card")
    if method.get("_number") == _SLOW or kind != "card":
        refund["status"] = "pending"
    if method.get("_number") in (_SLOW, _FAILING) or kind != "card":
        account.agenda.add(account.now + _SECONDS[kind], "settle_refund", refund)


@action("settle_refund")
def settle_refund(account: Account, refund: Object) -> None:
    """Settle a refund: it succeeds, or it fails and its amount can be refunded again."""
    charge = account.objects[refund["charge"]]
    method = account.find("payment_method", charge["payment_method"]) or {}
    if refund["status"] not in ("pending", "succeeded"):
        return
    if method.get("_number") == _FAILING:
        _fail(account, refund)
    elif refund["status"] == "pending":
        paid = pay_refund(account, refund)
        _change(account, refund, status="succeeded", balance_transaction=paid)


def _fail(account: Account, refund: Object) -> None:
    """Fail a refund: the money stays with the account, and less of the charge is refunded."""
    charge = account.objects[refund["charge"]]
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    _change(account, refund, status="failed", failure_reason="unknown", **return_refund(account, refund))
    account.emit("refund.failed", refund)


def _change(account: Account, refund: Object, **values: Any) -> None:
    """Change a refund; both events say what it was before.

    Source: Stripe docs, "Types of events", refund.updated and charge.refund.updated.
    """
    before = account.snapshot(refund)
    refund.update(values)
    if account.render(refund) != before:
        account.emit("refund.updated", refund, before)
        account.emit("charge.refund.updated", refund, before)


def _new_refund(account: Account, charge: Object, amount: int, params: dict[str, Any]) -> Object:
    kind = charge["payment_method_details"]["type"]
    reference = {
        "reference_status": "pending",
        "reference_type": "acquirer_reference_number",
        "type": "refund",
    }
    # The SDK's type names no details for a debit of a bank account.
    destination = {"card": reference, "type": "card"} if kind == "card" else None
    return {
        "id": account.new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": account.now,
        "currency": charge["currency"],
        "customer": charge["customer"],
        "destination_details": destination,
        "metadata": merged({}, params.get("metadata") or {}),
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
        "_clock": clock_of(account, charge["customer"]),
    }


@operation("refunds.update")
def update(call: Call) -> Object:
    """Change metadata."""
    account = call.account
    refund = account.get("refund", call.id)
    metadata = merged(refund["metadata"], call.params.get("metadata", {}))
    _change(account, refund, metadata=metadata)
    return account.render(refund)


def _charge(account: Account, params: dict[str, Any]) -> Object:
    if params.get("charge") and params.get("payment_intent"):
        raise InvalidRequest(
            "You may only specify one of these parameters: charge, payment_intent.",
            code="parameters_exclusive",
        )
    if params.get("charge"):
        return account.get("charge", params["charge"], "charge")
    if not params.get("payment_intent"):
        raise InvalidRequest(
            "One of the following params should be provided for this request: payment_intent or charge.",
            code="parameter_missing",
        )
    intent = account.get("payment_intent", params["payment_intent"], "payment_intent")
    charge = account.find("charge", intent["latest_charge"])
    if charge is None or intent["status"] != "succeeded":
        raise InvalidRequest(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            code="payment_intent_unexpected_state",
            param="payment_intent",
        )
    return charge


def check_refund(charge: Object, amount: int) -> None:
    """Refuse to refund this amount, in minor units, where Stripe refuses it."""
    left = charge["amount_captured"] - charge["amount_refunded"]
    if charge.get("_charged_back"):
        raise InvalidRequest(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
        )
    if charge["status"] != "succeeded" or not charge["captured"]:
        raise InvalidRequest(
            f"Charge {charge['id']} cannot be refunded: it is {'not captured' if charge['paid'] else charge['status']}."
        )
    if left <= 0:
        raise InvalidRequest(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    if amount < 1:
        raise InvalidRequest("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount > left:
        requested, rest = written(amount, charge["currency"]), written(left, charge["currency"])
        raise InvalidRequest(
            f"Refund amount ({requested}) is greater than unrefunded amount on charge ({rest})",
            param="amount",
        )
