"""The ledger of a customer's balance. Source: Stripe docs, "Customer invoice balance", transactions."""

from ...amounts.currencies import checked_currency
from ...errors import InvalidRequest, missing
from ...listing import page
from ...metadata import merged
from ...operations import Call, operation
from ...state.account import Object
from .balance import KIND, change_balance


@operation("customers.balance_transactions.create")
def create(call: Call) -> Object:
    """Adjust the balance in a currency by hand."""
    account, params = call.account, call.params
    customer = account.get("customer", call.id)
    about = {"description": params.get("description"), "metadata": merged({}, params.get("metadata") or {})}
    currency = checked_currency(params["currency"])
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
    return page(call, KIND, lambda entry: all(entry[name] == filters[name] for name in filters), by=filters)


def _of_customer(call: Call) -> Object:
    call.account.get("customer", call.id)
    transaction = call.account.get(KIND, call.ids[1])
    if transaction["customer"] != call.id:
        raise missing(KIND, call.ids[1])
    return transaction
