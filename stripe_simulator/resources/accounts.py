"""The account that a key opens."""

from ..operations import Call, operation
from ..state.account import Account, Object

LONGEST_LABEL = 12


@operation("accounts.retrieve_current")
def retrieve_current(call: Call) -> Object:
    """Return the account itself."""
    account = call.account
    return {
        "id": account.id,
        "object": "account",
        "business_profile": {"name": f"Simulated account {_name(account)}"},
        "business_type": "company",
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "country": "US",
        "created": account.created,
        "default_currency": "usd",
        "details_submitted": True,
        "email": f"{_name(account)}@example.com",
        "metadata": {},
        "payouts_enabled": True,
        "type": "standard",
    }


def _name(account: Account) -> str:
    """Return the key's label if it is a readable word: a long one is the secret itself."""
    return account.label if len(account.label) <= LONGEST_LABEL else account.id
