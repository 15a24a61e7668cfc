"""A customer's balance and its ledger: negative is credit. Source: Stripe docs, "Customer credit balance"."""

from typing import Any

from ..account import Account, Object
from ..errors import InvalidRequest
from ..listing import page
from ..metadata import merged
from ..operations import Call, operation

_KIND = "customer_balance_transaction"


def change_balance(
    account: Account, customer: Object, amount: int, currency: str, type: str, **about: Any
) -> Object | None:
    """Add to the balance, in minor units (a positive amount is owed), and note why; nothing for zero."""
    if not amount:
        return None
    with account.changing(customer, "customer.updated"):
        customer["balance"] += amount
        customer["currency"] = customer["currency"] or currency
    transaction = {
        "id": account.new_id("cbtxn"),
        "object": _KIND,
        "amount": amount,
        "checkout_session": None,
        "created": account.now,
        "credit_note": None,
        "currency": currency,
        "customer": customer["id"],
        "description": None,
        "ending_balance": customer["balance"],
        "invoice": None,
        "livemode": False,
        "metadata": {},
        "type": type,
    }
    return account.add(transaction | about)


def credit(
    account: Account, customer_id: str, amount: int, currency: str, type: str, **about: Any
) -> Object | None:
    """Owe the customer this much."""
    customer = account.find("customer", customer_id)
    if customer is None or customer.get("deleted"):
        return None
    return change_balance(account, customer, -amount, currency, type, **about)


@operation("customers.balance_transactions.create")
def create(call: Call) -> Object:
    """Adjust a balance by hand."""
    account, params = call.account, call.params
    customer = account.get("customer", call.id)
    about = {"description": params.get("description"), "metadata": merged({}, params.get("metadata") or {})}
    currency = params["currency"].lower()
    if params["amount"] == 0:
        raise InvalidRequest("The amount must not be zero.", code="parameter_invalid_integer", param="amount")
    made = change_balance(account, customer, params["amount"], currency, "adjustment", **about)
    return account.render(made or {})


@operation("customers.balance_transactions.retrieve")
def retrieve(call: Call) -> Object:
    """One entry of the ledger."""
    return call.account.render(call.account.get(_KIND, call.ids[1]))


@operation("customers.balance_transactions.update")
def update(call: Call) -> Object:
    """Change description or metadata: the amount never changes."""
    params, transaction = call.params, call.account.get(_KIND, call.ids[1])
    transaction["metadata"] = merged(transaction["metadata"], params.get("metadata", {}))
    if "description" in params:
        transaction["description"] = params["description"]
    return call.account.render(transaction)


@operation("customers.balance_transactions.list")
def list_(call: Call) -> Object:
    """The ledger of a customer, newest first."""
    call.account.get("customer", call.id)
    return page(call, _KIND, lambda transaction: transaction["customer"] == call.id)
