"""The lines of an invoice: one at Stripe for each line here, and one for all discounts together."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from billing import money
from billing.facts import InvoiceFacts, LineFacts
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.errors import Untranslatable
from integrations.providers.stripe.translate.fields import seconds_of
from integrations.providers.stripe.translate.money import to_minor

MOST_LINES = 250  # Page "Invoicing" > "Invoice line items": an invoice holds at most 250 items.
LONGEST_DESCRIPTION = 5000  # Page "Bulk add invoice line items", lines.description: Stripe's general limit.


def add_lines_params(facts: InvoiceFacts) -> dict[str, Any]:
    """The parameters of POST /v1/invoices/{id}/add_lines; raises Untranslatable for too many lines."""
    if problem := too_many(facts):
        raise Untranslatable(problem)
    return {
        "lines": [_line(line, facts.currency) for line in facts.lines]
        + _discount(facts.lines, facts.currency)
    }


def too_many(facts: InvoiceFacts) -> str:
    """Why the invoice has too many lines for Stripe, "" when it has not."""
    needed = len(facts.lines) + any(line.discount for line in facts.lines)
    if needed <= MOST_LINES:
        return ""
    return (
        f"Stripe takes at most {MOST_LINES} lines per invoice, but this one needs {needed}"
        " (all discounts together need one): split the invoice."
    )


def total(facts: InvoiceFacts) -> int:
    """What the lines add up to, in Stripe's minor units."""
    owed = sum((line.amount - line.discount + line.tax for line in facts.lines), Decimal(0))
    return to_minor(owed, facts.currency)


def breakdown(facts: InvoiceFacts) -> str:
    """How FlexSync arrives at its total, in Stripe's minor units, for the message about a difference."""
    parts = {
        name: to_minor(sum((getattr(line, name) for line in facts.lines), Decimal(0)), facts.currency)
        for name in ("amount", "discount", "tax")
    }
    return (
        "subtotal {amount} - discounts {discount} + taxes {tax}".format(**parts) + f" = total {total(facts)}"
    )


def _line(line: LineFacts, currency: str) -> dict[str, Any]:
    """Sends the amount, not quantity and unit price: it was rounded here, and must not be rounded again."""
    params: dict[str, Any] = {
        "amount": to_minor(line.amount, currency),
        "description": description(line, currency),
        "metadata": line_metadata(line),
    }
    if line.period_start and line.period_end:
        params["period"] = {"start": seconds_of(line.period_start), "end": seconds_of(line.period_end)}
    if line.tax or line.tax_percentage is not None:
        params["tax_amounts"] = [_tax(line, currency)]
    return params


def line_metadata(line: LineFacts) -> dict[str, str]:
    """The line's metadata with FlexSync's; raises Untranslatable over Stripe's limits."""
    reserved = {
        metadata.LINE_ITEM_ID: line.id,
        metadata.PRICE_ID: line.price_id or "",
        **metadata.SOURCE_IS_FLEXSYNC,
        "quantity": _plain(line.quantity),
    }
    return metadata.merged(reserved, line.metadata)


def description(line: LineFacts, currency: str) -> str:
    """The line's text, with its quantity where that is not 1; raises Untranslatable when it is too long."""
    suffix = ""
    # A price of 0 comes with an amount that is not quantity x price.
    if line.quantity != 1 and (line.unit_amount or not line.amount):
        suffix = f" ({_plain(line.quantity)} x {_price(line.unit_amount, currency)} {currency})"
    most = LONGEST_DESCRIPTION - len(suffix)
    if len(line.description) > most:
        raise Untranslatable(
            f"Stripe takes at most {most} characters here, because {LONGEST_DESCRIPTION} is the most with the quantity"
            f" and price that follow: shorten it by {len(line.description) - most}."
        )
    return line.description + suffix


def _tax(line: LineFacts, currency: str) -> dict[str, Any]:
    """Page "Add tax amounts to invoice lines": FlexSync sets the amount; a percentage of 0: a fixed tax."""
    return {
        "amount": to_minor(line.tax, currency),
        "taxable_amount": to_minor(line.amount - line.discount, currency),
        "tax_rate_data": {
            "display_name": line.tax_name or "Tax",
            "inclusive": False,
            "percentage": float(line.tax_percentage or 0),
        },
    }


def _discount(lines: Sequence[LineFacts], currency: str) -> list[dict[str, Any]]:
    discount = sum((line.discount for line in lines), Decimal(0))
    if not discount:
        return []
    reserved = dict(metadata.SOURCE_IS_FLEXSYNC)
    return [{"amount": -to_minor(discount, currency), "description": "Discount", "metadata": reserved}]


def _price(amount: Decimal, currency: str) -> str:
    """The digits of a unit price: as many as it has, and no fewer than amounts in its currency have."""
    whole, _, part = _plain(amount).partition(".")
    places = money.EXPONENTS[currency]
    return f"{whole}.{part.ljust(places, '0')}" if part or places else whole


def _plain(number: Decimal) -> str:
    """Digits without exponent and without trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
