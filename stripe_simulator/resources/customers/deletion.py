"""Deleting a customer, and what ends with it."""

from collections.abc import Callable

from ...operations import Call, operation
from ...state.account import Account, Object

Ending = Callable[[Account, Object], None]
_ENDED_WITH_CUSTOMER: list[Ending] = []


def ends_with_customer(function: Ending) -> Ending:
    """Register what ends before a customer is deleted."""
    _ENDED_WITH_CUSTOMER.append(function)
    return function


@operation("customers.delete")
def delete(call: Call) -> Object:
    """Delete a customer for good; subscriptions end. The id still returns an object with `deleted`."""
    account = call.account
    customer = account.get("customer", call.id)
    for tax_id in customer.get("_tax_ids", []):
        account.remove(account.objects[tax_id])
    for method in account.all("payment_method"):
        if method["customer"] == customer["id"]:
            method.update(customer=None, _detached=True)
    for end in _ENDED_WITH_CUSTOMER:
        end(account, customer)
    account.emit("customer.deleted", customer)
    return account.bury(customer)
