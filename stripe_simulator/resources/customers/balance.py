"""A customer's balance and its ledger: negative is credit. Source: Stripe docs, "Customer credit balance"."""

from typing import Any

from ...amounts.currencies import checked_currency
from ...errors import InvalidRequest, missing
from ...listing import page
from ...metadata import merged
from ...operations import Call, operation
from ...state.account import Account, Object

_KIND = "customer_balance_transaction"
_DEFAULT_CURRENCY = "usd"
_LONGEST = 350


def change_balance(
    account: Account, customer: Object, amount: int, currency: str, type: str, **about: Any
) -> Object | None:
    """Add to the balance, in minor units, and record why; nothing is recorded for zero.

    A positive amount is owed by the customer.
    """
    if not amount:
        return None
    with account.changing(customer, "customer.updated"):
        return _entry(account, customer, amount, currency, type, **about)


def set_balance(account: Account, customer: Object, balance: int | None) -> None:
    """Set the balance, as `customers.update` does; assumed: in the account's currency if it has none yet."""
    if balance is not None and balance != customer["balance"]:
        amount, currency = balance - customer["balance"], customer["currency"] or _DEFAULT_CURRENCY
        _entry(account, customer, amount, currency, "adjustment")


def _entry(account: Account, customer: Object, amount: int, currency: str, type: str, **about: Any) -> Object:
    if customer["currency"] not in (None, currency):
        raise InvalidRequest(
            f"The customer's currency is {customer['currency']}: their balance cannot be changed in {currency}.",
            param="currency",
        )
    customer["balance"] += amount
    customer["currency"] = currency
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
    """Credit this amount to the customer's balance."""
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
    currency = checked_currency(params["currency"])
    _check_description(params)
    if params["amount"] == 0:
        raise InvalidRequest("The amount must not be zero.", code="parameter_invalid_integer", param="amount")
    entry = change_balance(account, customer, params["amount"], currency, "adjustment", **about)
    return account.render(entry or {})


@operation("customers.balance_transactions.retrieve")
def retrieve(call: Call) -> Object:
    """Return one entry of the ledger."""
    return call.account.render(_of_customer(call))


@operation("customers.balance_transactions.update")
def update(call: Call) -> Object:
    """Change the description or metadata; the amount never changes."""
    params, transaction = call.params, _of_customer(call)
    _check_description(params)
    transaction["metadata"] = merged(transaction["metadata"], params.get("metadata", {}))
    if "description" in params:
        transaction["description"] = params["description"]
    return call.account.render(transaction)


@operation("customers.balance_transactions.list")
def list_(call: Call) -> Object:
    """List the ledger of a customer, newest first."""
    call.account.get("customer", call.id)
    filters = {"customer": call.id} | {
        name: call.params[name] for name in ("invoice",) if name in call.params
    }
    return page(call, _KIND, lambda entry: all(entry[name] == filters[name] for name in filters))


def _of_customer(call: Call) -> Object:
    call.account.get("customer", call.id)
    transaction = call.account.get(_KIND, call.ids[1])
    if transaction["customer"] != call.id:
        raise missing(_KIND, call.ids[1])
    return transaction


def _check_description(params: dict[str, Any]) -> None:
    if len(params.get("description") or "") > _LONGEST:
        raise InvalidRequest(f"Invalid string: must be at most {_LONGEST} characters", param="description")
