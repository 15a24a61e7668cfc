"""Payment Records: money that moved outside Stripe, reported to it.

Source: Stripe docs, "Payment Records".
"""

from typing import Any

from ...errors import InvalidRequest
from ...listing import listable, retrievable
from ...metadata import merged
from ...operations import Call, operation
from ...state.account import Account, Object

listable("payment_records.list", "payment_record")
retrievable("payment_records.retrieve", "payment_record")

_AMOUNTS = (
    "amount", "amount_authorized", "amount_canceled", "amount_failed", "amount_guaranteed", "amount_refunded",
    "amount_requested",
)  # fmt: skip
_NO_DETAILS = {"customer": None, "email": None, "name": None, "phone": None}


@operation("payment_records.report_payment")
def report_payment(call: Call) -> Object:
    """Report a payment off Stripe that succeeded, failed or is still open."""
    account, params = call.account, call.params
    _check(params["amount_requested"]["value"], params)
    details = params.get("customer_details") or {}
    if details.get("customer"):
        account.get("customer", details["customer"], "customer_details[customer]")
    return account.render(
        account.add(_new_record(account, params, params["amount_requested"], params.get("outcome")))
    )


def _check(amount: int, params: dict[str, Any]) -> None:
    if amount < 1:
        raise InvalidRequest(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer",
            param="amount_requested[value]",
        )
    outcome = params.get("outcome")
    if outcome and outcome not in params:
        raise InvalidRequest(
            f"Missing required param: {outcome}.", code="parameter_missing", param=str(outcome)
        )


def _new_record(account: Account, params: dict[str, Any], requested: Object, outcome: str | None) -> Object:
    return _amounts(requested, outcome) | {
        "id": account.new_id("pr"),
        "object": "payment_record",
        "application": None,
        "created": account.now,
        "customer_details": _NO_DETAILS | params["customer_details"]
        if params.get("customer_details")
        else None,
        "customer_presence": params.get("customer_presence"),
        "description": params.get("description"),
        "latest_payment_attempt_record": account.new_id("par"),
        "livemode": False,
        "metadata": merged({}, params.get("metadata") or {}),
        "payment_method_details": _method(params["payment_method_details"]),
        "_refunds": [],
        "processor_details": {"type": "custom", **_processor(params.get("processor_details") or {})},
        "reported_by": "self",
        "shipping_details": None,
    }


def _amounts(requested: Object, outcome: str | None) -> Object:
    """Return the amounts by outcome, in minor units."""
    currency = requested["currency"].lower()
    ends = {"guaranteed": "amount_guaranteed", "failed": "amount_failed", "canceled": "amount_canceled"}
    full = {"amount", "amount_requested", ends.get(outcome or "", "")}
    return {
        name: {"currency": currency, "value": requested["value"] if name in full else 0} for name in _AMOUNTS
    }


def _method(given: Object) -> Object:
    custom = given.get("custom") or {}
    return {
        "billing_details": None,
        "custom": {"display_name": custom.get("display_name") or "", "type": custom.get("type")},
        "payment_method": given.get("payment_method"),
        "type": "custom",
    }


def _processor(given: Object) -> Object:
    custom = given.get("custom") or {}
    return {"custom": {"payment_reference": custom.get("payment_reference")}}


@operation("payment_records.report_refund")
def report_refund(call: Call) -> Object:
    """Report a refund that was made off Stripe."""
    account, params = call.account, call.params
    record = account.get("payment_record", call.id)
    left = record["amount_guaranteed"]["value"] - record["amount_refunded"]["value"]
    amount = (params.get("amount") or {}).get("value", left)
    if amount > left:
        raise InvalidRequest(
            "The amount of the refund is more than what is left of the payment.", param="amount[value]"
        )
    reference = (params["processor_details"].get("custom") or {}).get("refund_reference")
    _refuse_repetition(account, reference)
    record["_refunds"] = [*record["_refunds"], reference]
    record["amount_refunded"] = record["amount_refunded"] | {
        "value": record["amount_refunded"]["value"] + amount
    }
    return account.render(record)


def _refuse_repetition(account: Account, reference: str | None) -> None:
    """Refuse a refund's reference that was used before.

    It is unique across all refunds (the parameter's own description).
    """
    if reference and any(reference in other["_refunds"] for other in account.all("payment_record")):
        raise InvalidRequest(
            f"A refund with the reference {reference} was reported already.",
            param="processor_details[custom][refund_reference]",
        )
