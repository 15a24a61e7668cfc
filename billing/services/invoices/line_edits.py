"""Adds, changes and removes lines of a draft, and leaves the others as they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from billing.errors import Invalid, NotFound
from billing.facts import ZERO, LineFacts
from billing.metadata_changes import applied
from billing.models import Invoice
from billing.persistence import rows
from billing.persistence.unit_of_work import atomic
from billing.services.invoices import invoices
from billing.services.invoices.lines import MOST_LINES, read_lines

Lines = tuple[LineFacts, ...]


@dataclass
class LineEdits:
    """``changed``: by the line's id, names as in LineFacts; ``removed``: ids; ``added``: they come last."""

    changed: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    added: list[LineFacts] = field(default_factory=list)


def add(*, environment_id: str, invoice_id: str, line: LineFacts) -> Invoice:
    """The draft with one more line, the last; raises as ``invoices.update`` does."""
    return revise(environment_id=environment_id, invoice_id=invoice_id, edits=LineEdits(added=[line]))


def change(*, environment_id: str, invoice_id: str, line_id: str, changes: Mapping[str, Any]) -> Invoice:
    """The draft with ``changes`` of one line (names as in LineFacts); raises as ``invoices.update`` does.

    What follows from others follows again, unless it is among the changes: the amount, and the tax of a rate.
    """
    edits = LineEdits(changed={line_id: changes})
    return revise(environment_id=environment_id, invoice_id=invoice_id, edits=edits)


def remove(*, environment_id: str, invoice_id: str, line_id: str) -> Invoice:
    """The draft without that line; raises as ``invoices.update`` does."""
    edits = LineEdits(removed=[line_id])
    return revise(environment_id=environment_id, invoice_id=invoice_id, edits=edits)


@atomic
def revise(
    *, environment_id: str, invoice_id: str, edits: LineEdits, columns: Mapping[str, Any] | None = None
) -> Invoice:
    """The draft with all of these changes, and ``columns`` of its own changed; raises as ``invoices.update``
    does, and NotFound for a line that it does not have.
    """
    lines = read_lines(rows.locked(Invoice, environment_id, invoice_id))
    _check_known(lines, invoice_id, [*edits.changed, *edits.removed])
    kept = (_changed(one, edits.changed.get(one.id)) for one in lines if one.id not in edits.removed)
    wanted = (*kept, *edits.added)
    if len(wanted) > MOST_LINES and edits.added:
        raise Invalid.of({"lines": f"An invoice has at most {MOST_LINES:,} lines."})
    changes = {**(columns or {}), "lines": wanted}
    return invoices.update(environment_id=environment_id, invoice_id=invoice_id, changes=changes)


def _check_known(lines: Lines, invoice_id: str, named: Iterable[str]) -> None:
    own = {line.id for line in lines}
    for line_id in named:
        if line_id not in own:
            raise NotFound(f"The invoice {invoice_id} has no line {line_id}.")


def _changed(line: LineFacts, changes: Mapping[str, Any] | None) -> LineFacts:
    if changes is None:
        return line
    wanted = applied(changes, line)
    if "amount" in wanted:
        wanted.setdefault("unit_amount", ZERO)
    elif wanted.get("unit_amount", line.unit_amount):
        wanted["amount"] = ZERO
    if wanted.get("tax_percentage", line.tax_percentage) is not None:
        wanted.setdefault("tax", ZERO)
    return replace(line, **wanted)
