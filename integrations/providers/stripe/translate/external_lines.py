"""Lines of invoices made in Stripe, with their discounts and taxes to the cent."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from billing.facts import ZERO, LineFacts
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.errors import Untranslatable
from integrations.providers.stripe.translate.fields import (
    Json,
    id_of,
    listed,
    read_decimal,
    read_object,
    read_objects,
    read_whole,
    text_of,
    time_of,
)
from integrations.providers.stripe.translate.money import from_minor, unit_from_minor

# Page "The Invoice Line Item object", taxes.tax_behavior: whether the line's amount includes the tax.
INCLUSIVE = {"exclusive": False, "inclusive": True}


def facts_of(invoice: Json, prices: dict[str, str]) -> tuple[LineFacts, ...]:
    """All lines of an invoice that carries them all; raises Untranslatable when they do not add up."""
    currency = str(invoice["currency"]).upper()
    lines = [_line(one, currency, prices) for one in listed(invoice.get("lines"))]
    lines += _shipping(invoice, currency)
    return tuple(_with_rounding(lines, invoice, currency))


def price_id(line: Json) -> str:
    """Which of Stripe's prices a line is for, "" when for none."""
    return id_of(read_object(read_object(line, "pricing"), "price_details").get("price"))


def _line(line: Json, currency: str, prices: dict[str, str]) -> LineFacts:
    exclusive, inclusive = _taxes(line, currency)
    amount = from_minor(int(line["amount"]), currency) - inclusive
    discount = _discount(line, currency)
    if not ZERO <= discount <= max(amount, ZERO):
        # A credit for something discounted: the amount is what remains of it.
        amount, discount = amount - discount, ZERO
    period = line.get("period") or {}
    quantity = Decimal(1 if line.get("quantity") is None else line["quantity"])
    unit = _unit(line, currency) if not inclusive else ZERO
    agrees = unit * quantity == amount
    return LineFacts(
        description=text_of(line, "description", 500) or "Line",
        quantity=quantity if quantity >= 0 else Decimal(1),
        unit_amount=unit if agrees else ZERO,
        amount=amount,
        discount=discount,
        tax=exclusive + inclusive,
        tax_name="Tax" if exclusive + inclusive else "",
        period_start=time_of(period.get("start")),
        period_end=time_of(period.get("end")),
        price_id=prices.get(price_id(line)),
        metadata=metadata.custom(line),
    )


def _unit(line: Json, currency: str) -> Decimal:
    amount = read_decimal(read_object(line, "pricing"), "unit_amount_decimal")
    return unit_from_minor(amount or 0, currency)


def _taxes(line: Json, currency: str) -> tuple[Decimal, Decimal]:
    """The taxes that come on top, and those in the amount."""
    sums = {False: 0, True: 0}
    for one in read_objects(line, "taxes"):
        sums[INCLUSIVE[one["tax_behavior"]]] += read_whole(one, "amount")
    return from_minor(sums[False], currency), from_minor(sums[True], currency)


def _discount(line: Json, currency: str) -> Decimal:
    """Coupons, and credits that apply before tax (page "Billing credits")."""
    credits = (
        one
        for one in line.get("pretax_credit_amounts") or ()
        if one.get("type") == "credit_balance_transaction"
    )
    return from_minor(_sum(line.get("discount_amounts") or ()) + _sum(credits), currency)


def _shipping(invoice: Json, currency: str) -> list[LineFacts]:
    cost = invoice.get("shipping_cost") or {}
    if not cost.get("amount_subtotal"):
        return []
    tax, whole = (from_minor(int(cost.get(name) or 0), currency) for name in ("amount_tax", "amount_total"))
    return [LineFacts("Shipping", amount=whole - tax, tax=tax, tax_name="Tax" if tax else "")]


def _with_rounding(lines: list[LineFacts], invoice: Json, currency: str) -> list[LineFacts]:
    """The lines, made to add up to Stripe's total.

    Taxes may be rounded once for the whole invoice (page "Tax rounding"): the last taxed line takes what
    is missing. A larger difference is no rounding.
    """
    owed = sum((one.amount - one.discount + one.tax for one in lines), ZERO)
    missing = from_minor(int(invoice["total"]), currency) - owed
    taxed = [place for place, one in enumerate(lines) if one.tax]
    if not missing:
        return lines
    if not taxed or abs(missing) > from_minor(len(taxed), currency):
        raise Untranslatable(
            f"The lines of {invoice['id']} add up to {owed} {currency}, but its total is {owed + missing}:"
            " enter the invoice here by hand."
        )
    last = taxed[-1]
    lines[last] = replace(lines[last], tax=lines[last].tax + missing)
    return lines


def _sum(amounts: Iterable[Json]) -> int:
    return sum(int(one["amount"]) for one in amounts)
