"""Amounts among facts."""

from decimal import Decimal

from billing import money
from integrations.provider_api import Facts


def difference(name: str, here: Facts, there: Facts) -> Decimal:
    """How far the two sides are apart (major units)."""
    return abs(Decimal(here.get(name) or 0) - Decimal(there.get(name) or 0))


def texts(currency: str, **amounts: Decimal) -> dict[str, str]:
    """Amounts as the API writes them, and their currency."""
    return {"currency": currency, **{name: money.text(one, currency) for name, one in amounts.items()}}
