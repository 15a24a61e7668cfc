"""The balance of the account: the sum of its transactions. Source: Stripe API reference, "Balance"."""

from collections import defaultdict

from ...operations import Call, operation
from ...state.account import Account, Object
from .transactions import KIND, is_available

_DEFAULT_CURRENCY = "usd"


@operation("balance.retrieve")
def retrieve(call: Call) -> Object:
    """Return what is available and what is pending, in each currency in which money has moved."""
    available, pending = _sums(call.account)
    currencies = sorted(available.keys() | pending.keys()) or [_DEFAULT_CURRENCY]
    return {
        "object": "balance",
        "available": [_shown(available[currency], currency) for currency in currencies],
        "livemode": False,
        "pending": [_shown(pending[currency], currency) for currency in currencies],
    }


def _sums(account: Account) -> tuple[defaultdict[str, int], defaultdict[str, int]]:
    available: defaultdict[str, int] = defaultdict(int)
    pending: defaultdict[str, int] = defaultdict(int)
    for entry in account.all(KIND):
        sums = available if is_available(account, entry) else pending
        sums[entry["currency"]] += entry["net"]
    return available, pending


def _shown(amount: int, currency: str) -> Object:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}
