"""Lines of invoices made in Stripe, with their discounts and taxes to the cent."""

from dataclasses import replace
from decimal import Decimal

from billing.facts import ZERO, LineFacts
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.amounts import read_amount, read_currency, read_unit_amount
from integrations.providers.stripe.translate.errors import Untranslatable
from integrations.providers.stripe.translate.fields import (
    Json,
    read_id,
    read_list,
    read_member,
    read_object,
    read_objects,
    read_quantity,
    read_time,
    text_of,
)
from integrations.providers.stripe.translate.money import smallest
from integrations.providers.stripe.translate.unit_amounts import agreeing

# Page "The Invoice Line Item object", taxes.tax_behavior: whether the line's amount includes the tax.
INCLUSIVE = {"exclusive": False, "inclusive": True}


def facts_of(invoice: Json, prices: dict[str, str]) -> tuple[LineFacts, ...]:
    """All lines of an invoice that carries them all; raises Untranslatable when they do not add up."""
    currency = read_currency(invoice)
    lines = [_line(one, currency, prices) for one in read_list(invoice, "lines")]
    lines += _shipping(invoice, currency)
    return tuple(_with_rounding(lines, invoice, currency))


def price_id(line: Json) -> str:
    """Which of Stripe's prices a line is for, "" when for none."""
    return read_id(read_object(read_object(line, "pricing"), "price_details"), "price")


def _line(line: Json, currency: str, prices: dict[str, str]) -> LineFacts:
    exclusive, inclusive = _taxes(line, currency)
    amount = read_amount(line, "amount", currency) - inclusive
    discount = _discount(line, currency)
    if not ZERO <= discount <= max(amount, ZERO):
        # A credit for something discounted: the amount is what remains of it.
        amount, discount = amount - discount, ZERO
    period, quantity = read_object(line, "period"), read_quantity(line)
    if quantity < 0:
        quantity = Decimal(1)
    unit = read_unit_amount(read_object(line, "pricing"), "unit_amount", currency)
    return LineFacts(
        description=text_of(line, "description") or "Line",
        quantity=quantity,
        unit_amount=agreeing(unit, quantity, amount, currency),
        amount=amount,
        discount=discount,
        tax=exclusive + inclusive,
        tax_name="Tax" if exclusive + inclusive else "",
        period_start=read_time(period, "start"),
        period_end=read_time(period, "end"),
        price_id=prices.get(price_id(line)),
        metadata=metadata.custom(line),
    )


def _taxes(line: Json, currency: str) -> tuple[Decimal, Decimal]:
    """The taxes that come on top, and those in the amount."""
    sums = {False: ZERO, True: ZERO}
    for one in read_objects(line, "taxes"):
        sums[read_member(one, "tax_behavior", INCLUSIVE)] += read_amount(one, "amount", currency)
    return sums[False], sums[True]


def _discount(line: Json, currency: str) -> Decimal:
    """Coupons, and credits that apply before tax (page "Billing credits")."""
    credits = (
        one
        for one in read_objects(line, "pretax_credit_amounts")
        if one.get("type") == "credit_balance_transaction"
    )
    given = [*read_objects(line, "discount_amounts"), *credits]
    return sum((read_amount(one, "amount", currency) for one in given), ZERO)


def _shipping(invoice: Json, currency: str) -> list[LineFacts]:
    cost = read_object(invoice, "shipping_cost")
    if not cost.get("amount_subtotal"):
        return []
    tax, whole = (read_amount(cost, name, currency, 0) for name in ("amount_tax", "amount_total"))
    amount = whole - tax
    return [LineFacts("Shipping", unit_amount=amount, amount=amount, tax=tax, tax_name="Tax" if tax else "")]


def _with_rounding(lines: list[LineFacts], invoice: Json, currency: str) -> list[LineFacts]:
    """The lines, made to add up to Stripe's total.

    Taxes may be rounded once for the whole invoice (page "Tax rounding"): the last taxed lines take what is
    missing, each the smallest amount. A larger difference is no rounding.
    """
    owed = sum((one.amount - one.discount + one.tax for one in lines), ZERO)
    missing = read_amount(invoice, "total", currency) - owed
    taxed = [place for place, one in enumerate(lines) if one.tax]
    steps = int(abs(missing) / smallest(currency))
    if steps > len(taxed):
        raise Untranslatable(
            f"The lines of {invoice['id']} add up to {owed} {currency}, but its total is {owed + missing}:"
            " enter the invoice here by hand."
        )
    for place in taxed[len(taxed) - steps :]:
        lines[place] = replace(lines[place], tax=lines[place].tax + missing / steps)
    return lines
