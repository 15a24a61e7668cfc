"""What a price costs in other currencies: checked, and written as its row holds it."""

from collections.abc import Mapping
from decimal import Decimal

from billing.errors import Invalid
from billing.services.currencies import check_currency, check_unit_amount

Stored = dict[str, dict[str, str]]


def stored(options: Mapping[str, Decimal], currency: str) -> Stored:
    """The amounts by currency as the column holds them; raises Invalid, naming the currency that is wrong.

    ``currency`` is the price's own, which is no option.
    """
    if currency in options:
        raise Invalid.of({f"currency_options.{currency}": "This is the price's own currency."})
    for code, amount in options.items():
        check_currency(code, f"currency_options.{code}")
        check_unit_amount(amount, f"currency_options.{code}.unit_amount")
    return {code: {"unit_amount": f"{options[code].normalize():f}"} for code in sorted(options)}


def read(column: Stored) -> dict[str, Decimal]:
    """What the column holds, as facts."""
    return {code: Decimal(option["unit_amount"]) for code, option in column.items()}
