"""The account that a key opens."""

from ..account import Object
from ..operations import Call, operation


@operation("accounts.retrieve_current")
def retrieve_current(call: Call) -> Object:
    """The account itself."""
    account = call.account
    return {
        "id": account.id,
        "object": "account",
        "business_profile": {"name": f"Simulated account {account.label}"},
        "business_type": "company",
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "country": "US",
        "created": account.created,
        "default_currency": "usd",
        "details_submitted": True,
        "email": f"{account.label}@example.com",
        "metadata": {},
        "payouts_enabled": True,
        "type": "standard",
    }
