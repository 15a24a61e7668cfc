"""What the lines of an invoice come to: pure arithmetic, rounded once, at the line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from billing import money
from billing.errors import Invalid
from billing.facts import ZERO, LineFacts
from billing.services.currencies import exact


@dataclass(frozen=True)
class Totals:
    """Major units: total = subtotal - discounts + tax."""

    subtotal: Decimal
    discounts: Decimal
    tax: Decimal
    total: Decimal


def priced(line: LineFacts, currency: str, inside: str = "") -> LineFacts:
    """The line with its amount and tax worked out; raises Invalid, with ``inside`` before the field's name.

    A given amount comes alone (unit_amount 0) or must agree with quantity x unit_amount. A tax_percentage
    without a tax gives the tax of amount - discount.
    """
    if not line.quantity.is_finite() or line.quantity < 0:
        raise Invalid.of({f"{inside}quantity": "Send 0 or more."})
    amount = _amount(line, currency, inside)
    discount = exact(line.discount, currency, f"{inside}discount")
    if not ZERO <= discount <= max(amount, ZERO):
        raise Invalid.of({f"{inside}discount": f"Send at least 0 and at most the line's amount, {amount}."})
    tax = exact(line.tax, currency, f"{inside}tax")
    if line.tax_percentage is not None:
        if not 0 <= line.tax_percentage <= 100:
            raise Invalid.of({f"{inside}tax_percentage": "Send at least 0 and at most 100."})
        tax = tax or money.share(amount - discount, line.tax_percentage, currency)
    if tax < 0 <= amount:
        raise Invalid.of({f"{inside}tax": "The tax of a line of 0 or more must not be negative."})
    return replace(
        line,
        quantity=line.quantity.normalize(),
        unit_amount=line.unit_amount.normalize(),
        amount=amount,
        discount=discount,
        tax=tax,
    )


def totals(lines: Sequence[LineFacts]) -> Totals:
    """What priced lines add up to; raises Invalid when that is negative or too large."""
    subtotal = sum((line.amount for line in lines), ZERO)
    discounts = sum((line.discount for line in lines), ZERO)
    tax = sum((line.tax for line in lines), ZERO)
    total = subtotal - discounts + tax
    if total < 0:
        raise Invalid.of({"lines": f"The lines add up to {total}: an invoice cannot be negative."})
    if max(subtotal, discounts, tax, total).adjusted() >= money.AMOUNT_DIGITS - money.AMOUNT_PLACES:
        raise Invalid.of(
            {
                "lines": "The lines add up to more than an invoice can hold. Send smaller amounts, or several invoices."
            }
        )
    return Totals(subtotal, discounts, tax, total)


def _amount(line: LineFacts, currency: str, inside: str) -> Decimal:
    try:
        computed = money.line_amount(line.quantity, line.unit_amount, currency)
    except money.MoneyError as error:
        raise Invalid.of({f"{inside}unit_amount": str(error)}) from None
    if not line.amount:
        return computed
    given = exact(line.amount, currency, f"{inside}amount")
    if line.unit_amount and given != computed:
        message = f"{given} is not quantity x unit_amount, which is {computed}. Send one of the two."
        raise Invalid.of({f"{inside}amount": message})
    return given
