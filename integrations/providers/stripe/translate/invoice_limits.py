"""What Stripe cannot take of an invoice, told all at once while it is a draft.

Most checks are the translations that a push makes: what they refuse would stop the push half-way.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from billing.facts import InvoiceFacts, LineFacts
from integrations.providers.stripe.translate import invoice_lines, invoices
from integrations.providers.stripe.translate.errors import Untranslatable
from integrations.providers.stripe.translate.money import THREE_DECIMAL, to_minor

# Page "Create an invoice".
LONGEST = {"description": 1500, "footer": 5000}
# Page "Supported currencies", "Minimum and maximum charge amounts": eight digits, twelve in IDR.
MOST_MINOR, MOST_MINOR_OF = 99_999_999, {"IDR": 999_999_999_999}
STEP = Decimal("0.010")


def problems(facts: InvoiceFacts) -> dict[str, str]:
    """For each field that Stripe cannot take as it is, what to change; {} when all is well."""
    if unknown := _problem(lambda: to_minor(Decimal(0), facts.currency)):
        return {"currency": unknown}
    found = dict(_of_invoice(facts))
    for index, line in enumerate(facts.lines):
        found |= {f"lines[{index}].{name}": problem for name, problem in _of_line(line, facts.currency)}
    return found


def rounded_line(line: LineFacts, currency: str) -> LineFacts:
    """The line in steps of 0.010 of a currency with three decimals; its description says what was rounded."""
    if currency not in THREE_DECIMAL or not any(
        map(_is_between_steps, (line.amount, line.discount, line.tax))
    ):
        return line
    amount = _rounded(line.amount)
    # An amount that is no longer quantity x unit_amount comes alone.
    return replace(
        line,
        amount=amount,
        unit_amount=line.unit_amount if amount == line.amount else Decimal(0),
        discount=min(_rounded(line.discount), max(amount, Decimal(0))),
        tax=_rounded(line.tax),
        description=_saying(line, currency),
    )


def amount_problem(amount: Decimal, currency: str) -> str:
    """Why Stripe cannot be told of the amount (major units), and of which instead; "" where it can."""
    if currency not in THREE_DECIMAL or not _is_between_steps(amount):
        return ""
    below = amount - amount % STEP
    return f"Stripe counts {currency} in steps of {STEP}. Send {below:.3f} or {below + STEP:.3f}."


def _of_invoice(facts: InvoiceFacts) -> Iterator[tuple[str, str]]:
    for name, longest in LONGEST.items():
        if (length := len(getattr(facts, name))) > longest:
            yield name, f"Stripe takes at most {longest} characters, and this has {length}: shorten it."
    if too_many := invoice_lines.too_many(facts):
        yield "lines", too_many
    owed = sum((line.amount - line.discount + line.tax for line in facts.lines), Decimal(0))
    if _minor(owed, facts.currency) > MOST_MINOR_OF.get(facts.currency, MOST_MINOR):
        yield "total", f"{owed} {facts.currency} is more than Stripe takes at once: split the invoice."
    # It has no number yet, and its id is shorter than any limit.
    numbered = replace(facts, number=facts.number or "1")
    if problem := _problem(lambda: invoices.invoice_metadata(numbered, "inv")):
        yield "metadata", problem


def _of_line(line: LineFacts, currency: str) -> Iterator[tuple[str, str]]:
    checks: dict[str, Callable[[], object]] = {
        "amount": lambda: to_minor(line.amount, currency),
        "discount": lambda: to_minor(line.discount, currency),
        "tax": lambda: to_minor(line.tax, currency),
        "description": lambda: invoice_lines.description(line, currency),
        "metadata": lambda: invoice_lines.line_metadata(line),
    }
    for name, check in checks.items():
        if problem := _problem(check):
            yield name, problem
    if (line.period_start is None) != (line.period_end is None):
        missing = "period_end" if line.period_end is None else "period_start"
        yield missing, "Stripe takes a period with both its start and its end: send this too, or neither."
    elif line.period_start and line.period_end and line.period_end < line.period_start:
        yield "period_end", "Stripe takes no period that ends before it starts."


def _problem(check: Callable[[], object]) -> str:
    try:
        check()
    except Untranslatable as problem:
        return str(problem)
    return ""


def _minor(amount: Decimal, currency: str) -> int:
    """The amount in minor units; 0 where it is between two steps, which its lines say."""
    try:
        return to_minor(amount, currency)
    except Untranslatable:
        return 0


def _is_between_steps(amount: Decimal) -> bool:
    return bool(amount % STEP)


def _rounded(amount: Decimal) -> Decimal:
    return (amount / STEP).quantize(Decimal(1), ROUND_HALF_UP) * STEP


def _saying(line: LineFacts, currency: str) -> str:
    before = line.amount - line.discount + line.tax
    return f"{line.description} (rounded from {before} {currency})"
