"""A customer's balances, one for each currency, in minor units: negative is credit.

Sources: Stripe docs, "Customer invoice balance" and "Multi-currency customers".
"""

from typing import Any

from ...expansion import INCLUDABLE
from ...state.account import Account, Object

KIND = "customer_balance_transaction"
_DEFAULT_CURRENCY = "usd"


def balance_in(customer: Object, currency: str) -> int:
    """Return the balance in a currency; an invoice in another one does not touch it."""
    return int(customer.get("_balances", {}).get(currency, 0))


def take_currency(customer: Object, currency: str) -> None:
    """Set the customer's currency, whose balance is shown as `balance`."""
    customer["currency"] = currency
    customer["balance"] = balance_in(customer, currency)


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


def set_balance(account: Account, customer: Object, balance: int | None, type: str = "adjustment") -> None:
    """Set the balance, as `customers.update` does; assumed: in the account's currency if it has none yet."""
    if balance is not None and balance != customer["balance"]:
        amount, currency = balance - customer["balance"], customer["currency"] or _DEFAULT_CURRENCY
        _entry(account, customer, amount, currency, type)


def _entry(account: Account, customer: Object, amount: int, currency: str, type: str, **about: Any) -> Object:
    ending = balance_in(customer, currency) + amount
    customer["_balances"] = customer.get("_balances", {}) | {currency: ending}
    take_currency(customer, customer["currency"] or currency)
    transaction = {
        "id": account.new_id("cbtxn"),
        "object": KIND,
        "amount": amount,
        "checkout_session": None,
        "created": account.now,
        "credit_note": None,
        "currency": currency,
        "customer": customer["id"],
        "description": None,
        "ending_balance": ending,
        "invoice": None,
        "livemode": False,
        "metadata": {},
        "type": type,
    }
    return account.add(transaction | about)


def credit(
    account: Account, customer_id: str, amount: int, currency: str, type: str, **about: Any
) -> Object | None:
    """Credit this amount to the customer's balance; a deleted customer has none."""
    customer = account.find("customer", customer_id)
    if customer is None or customer.get("deleted"):
        return None
    return change_balance(account, customer, -amount, currency, type, **about)


# Of the opposite sign, as the reference of the customer says: positive is credit.
INCLUDABLE["customer", "invoice_credit_balance"] = lambda account, customer: {
    currency: -balance for currency, balance in customer.get("_balances", {}).items()
}
