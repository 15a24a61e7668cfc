"""Balance transactions. Source: Stripe API reference, "Balance Transactions"."""

from ...listing import page, retrievable
from ...operations import Call, operation
from ...state.account import COMPOSERS, Account, Object
from .fees import fee_details

KIND = "balance_transaction"
_DAY = 86400
# Assumed for every transaction: Stripe says two business days for cards in the US, and differs by country.
_SETTLEMENT_DAYS = 2

retrievable("balance_transactions.retrieve", KIND)


@operation("balance_transactions.list")
def list_(call: Call) -> Object:
    """List by type, currency, payout (there are none) and source.

    Recorded: the filter by source finds nothing for a dispute, although its transactions name it.
    """
    params = call.params
    filters: Object = {
        name: params[name] for name in ("currency", "payout", "source", "type") if name in params
    }
    if call.account.find("dispute", params.get("source")):
        filters["source"] = None
    return page(
        call, KIND, lambda entry: all(entry.get(name, "") == filters[name] for name in filters), by=filters
    )


def new_transaction(
    account: Account, source: Object, amount: int, type: str, category: str, description: str | None
) -> Object:
    """Add a transaction of this amount, in minor units and negative where money leaves, without a fee."""
    transaction = {
        "id": account.new_id("txn"),
        "object": KIND,
        "amount": amount,
        "available_on": (account.now // _DAY + _SETTLEMENT_DAYS) * _DAY,
        "balance_type": "payments",
        "created": account.now,
        "currency": source["currency"],
        "description": description,
        "exchange_rate": None,
        "fee": 0,
        "fee_details": [],
        "net": amount,
        "reporting_category": category,
        "source": source["id"],
        "type": type,
    }
    return account.add(transaction)


def add_fee(transaction: Object, fee: int, description: str) -> None:
    """Take a fee, in minor units: the balance gets what is left of the amount."""
    details = fee_details(fee, transaction["currency"], description)
    transaction.update(fee=fee, fee_details=details, net=transaction["amount"] - fee)


def is_available(account: Account, transaction: Object) -> bool:
    """Return whether the money can be paid out by now."""
    return int(transaction["available_on"]) <= account.now


def _compose(account: Account, transaction: Object, shown: Object) -> None:
    shown["status"] = "available" if is_available(account, transaction) else "pending"


COMPOSERS[KIND] = _compose
