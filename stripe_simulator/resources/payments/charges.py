"""Charges: one for each attempt to take money."""

from ...errors import InvalidRequest
from ...expansion import INCLUDABLE
from ...listing import embedded_list, listable, retrievable
from ...metadata import merged
from ...operations import Call, operation
from ...state.account import Account, Object
from .charge_outcomes import charge_outcome

listable("charges.list", "charge", "customer", "payment_intent", "transfer_group")
retrievable("charges.retrieve", "charge")


def new_charge(
    account: Account, intent: Object, method: Object, *, captured: bool, failure: Object | None = None
) -> Object:
    """Add the charge of an attempt, a failed one if `failure` is given."""
    id = account.new_id("ch")
    charge = {
        "id": id,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if captured else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "STRIPE SIMULATOR",
        "captured": captured,
        "created": account.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": failure["code"] if failure else None,
        "failure_message": failure["message"] if failure else None,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": charge_outcome(method, failure),
        "paid": failure is None,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": _shown_method(method, intent["amount"]),
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": f"{account.base_url}/receipts/{id}",
        "refunded": False,
        "review": None,
        "shipping": intent["shipping"],
        "source": None,
        "source_transfer": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "failed" if failure else "succeeded",
        "transfer_data": None,
        "transfer_group": intent["transfer_group"],
    }
    return account.add(charge)


def _shown_method(method: Object, amount: int) -> Object:
    if method["type"] == "card":
        return {"card": _shown_card(method, amount), "type": "card"}
    names = ("account_holder_type", "account_type", "bank_name", "fingerprint", "last4", "routing_number")
    return {method["type"]: {name: method[method["type"]][name] for name in names}, "type": method["type"]}


def _shown_card(method: Object, amount: int) -> Object:
    names = (
        "brand",
        "checks",
        "country",
        "exp_month",
        "exp_year",
        "fingerprint",
        "funding",
        "last4",
        "wallet",
    )
    shown = {name: method["card"][name] for name in names}
    return shown | {"amount_authorized": amount, "network": method["card"]["brand"], "three_d_secure": None}


@operation("charges.update")
def update(call: Call) -> Object:
    """Change the attributes that may change; the amount never does."""
    account, params = call.account, call.params
    charge = account.get("charge", call.id)
    metadata = merged(charge["metadata"], params.get("metadata", {}))
    for name in ("customer", "transfer_group"):
        if name in params and charge[name] not in (None, params[name]):
            raise InvalidRequest(f"You cannot change the {name} of a charge once it is set.", param=name)
    if params.get("customer"):
        account.get("customer", params["customer"], "customer")
    with account.changing(charge, "charge.updated"):
        charge["metadata"] = metadata
        for name in (
            "description",
            "receipt_email",
            "customer",
            "transfer_group",
            "shipping",
            "fraud_details",
        ):
            if name in params:
                charge[name] = params[name]
    return account.render(charge)


def _refunds(account: Account, charge: Object) -> Object:
    refunds = account.having("refund", "charge", charge["id"])
    return embedded_list(account, refunds, f"/v1/charges/{charge['id']}/refunds")


INCLUDABLE["charge", "refunds"] = _refunds
