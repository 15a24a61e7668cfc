"""The lines of an invoice: what they hold, and how they are stored."""

from collections.abc import Sequence
from decimal import Decimal

from billing.errors import Invalid
from billing.facts import LineFacts
from billing.models import Invoice, InvoiceLineItem, Price
from billing.money import rounded
from billing.persistence import rows
from billing.services.invoices.totals import priced

MOST_LINES = 1000


def price_lines(environment_id: str, lines: Sequence[LineFacts], currency: str) -> tuple[LineFacts, ...]:
    """The lines with amounts and taxes worked out.

    Raises Invalid, naming ``lines[0].amount`` and the like.
    """
    named = {line.price_id for line in lines if line.price_id}
    known = rows.found(Price, environment_id, named)
    for index, line in enumerate(lines):
        if line.price_id and line.price_id not in known:
            raise Invalid.of({f"lines[{index}].price_id": f"There is no price {line.price_id}."})
    return tuple(priced(line, currency, f"lines[{index}].") for index, line in enumerate(lines))


def read_lines(invoice: Invoice) -> tuple[LineFacts, ...]:
    """The stored lines, in order, with their ids; amounts in major units with the currency's decimals."""
    return tuple(_read(line, invoice.currency) for line in invoice.lines.all())


def write_lines(invoice: Invoice, lines: Sequence[LineFacts], *, is_new: bool = False) -> None:
    """Makes the stored lines those; a line that is sent with its id keeps it.

    Raises Invalid for an id of another invoice.
    """
    before = [] if is_new else list(InvoiceLineItem.objects.filter(invoice=invoice))
    own = {line.pk for line in before}
    made = []
    for position, facts in enumerate(lines):
        line = InvoiceLineItem(
            invoice=invoice, position=position, currency=invoice.currency, **rows.values(facts, "id")
        )
        if facts.id:
            if facts.id not in own:
                raise Invalid.of({f"lines[{position}].id": f"This invoice has no line {facts.id}."})
            own.discard(facts.id)
            line.pk = facts.id
        rows.check(line, inside=f"lines[{position}].")
        made.append(line)
    rows.replace_parts(invoice, "lines", made, before=before)


def _read(line: InvoiceLineItem, currency: str) -> LineFacts:
    amounts = {name: rounded(getattr(line, name), currency) for name in ("amount", "discount", "tax")}
    return rows.read(
        LineFacts,
        line,
        quantity=_plain(line.quantity),
        unit_amount=_plain(line.unit_amount),
        tax_percentage=None if line.tax_percentage is None else _plain(line.tax_percentage),
        **amounts,
    )


def _plain(number: Decimal) -> Decimal:
    """Without trailing zeros and without an exponent: 1200, not 1.2E+3."""
    return Decimal(f"{number.normalize():f}")
