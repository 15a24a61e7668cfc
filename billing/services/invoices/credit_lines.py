"""What the lines of a credit note come to: lines of its invoice, in part or whole, or lines of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from billing import money
from billing.errors import Invalid
from billing.facts import ZERO, CreditLineFacts
from billing.models import Invoice, InvoiceLineItem
from billing.services.currencies import exact


def priced(invoice: Invoice, lines: Sequence[CreditLineFacts]) -> tuple[CreditLineFacts, ...]:
    """The lines with their amounts; raises Invalid, naming ``lines[0].amount`` and the like.

    A line of the invoice is credited by ``amount``, by ``quantity``, or whole where neither is sent: with its
    share of discount and tax. A line of its own needs a description and quantity x unit_amount.
    """
    known = {line.pk: line for line in invoice.lines.all()} if lines else {}
    return tuple(_priced(one, invoice, known, f"lines[{index}].") for index, one in enumerate(lines))


def _priced(
    line: CreditLineFacts, invoice: Invoice, known: Mapping[str, InvoiceLineItem], inside: str
) -> CreditLineFacts:
    if line.invoice_line_item_id:
        source = known.get(line.invoice_line_item_id)
        if source is None:
            message = f"The invoice {invoice.pk} has no line {line.invoice_line_item_id}."
            raise Invalid.of({f"{inside}invoice_line_item_id": message})
        return _of_invoice(line, source, invoice.currency, inside)
    if not line.description or line.unit_amount is None:
        raise Invalid.of(
            {f"{inside}unit_amount": "Send an invoice_line_item_id, or description and unit_amount."}
        )
    quantity = Decimal(1) if line.quantity is None else line.quantity
    amount = _line_amount(quantity, line.unit_amount, invoice.currency, f"{inside}unit_amount")
    return replace(line, quantity=quantity, amount=_positive(amount, f"{inside}unit_amount"))


def _of_invoice(
    line: CreditLineFacts, source: InvoiceLineItem, currency: str, inside: str
) -> CreditLineFacts:
    whole = source.amount - source.discount + source.tax
    amount, field = whole, "invoice_line_item_id"
    if line.amount:
        amount, field = exact(line.amount, currency, f"{inside}amount"), "amount"
    elif line.quantity is not None and source.quantity:
        amount, field = money.rounded(whole * line.quantity / source.quantity, currency), "quantity"
    if amount > whole:
        message = f"The line is over {money.with_currency(whole, currency)}. Send at most that."
        raise Invalid.of({f"{inside}{field}": message})
    return replace(
        line,
        amount=_positive(amount, f"{inside}{field}"),
        description=line.description or source.description,
        unit_amount=None,
    )


def _line_amount(quantity: Decimal, unit_amount: Decimal, currency: str, field: str) -> Decimal:
    try:
        return money.line_amount(quantity, unit_amount, currency)
    except money.MoneyError as error:
        raise Invalid.of({field: str(error)}) from None


def _positive(amount: Decimal, field: str) -> Decimal:
    if amount <= ZERO:
        raise Invalid.of({field: "A credit note's line needs an amount above 0."})
    return amount
