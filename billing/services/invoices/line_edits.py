"""Adds, changes and removes one line of a draft, and leaves the others as they are."""

from collections.abc import Mapping
from dataclasses import replace
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


@atomic
def add(*, environment_id: str, invoice_id: str, line: LineFacts) -> Invoice:
    """The draft with one more line, the last; raises as ``invoices.update`` does."""
    lines = _lines(environment_id, invoice_id)
    if len(lines) >= MOST_LINES:
        raise Invalid.of({"lines": f"An invoice has at most {MOST_LINES:,} lines."})
    return _update(environment_id, invoice_id, (*lines, line))


@atomic
def change(*, environment_id: str, invoice_id: str, line_id: str, changes: Mapping[str, Any]) -> Invoice:
    """The draft with ``changes`` of one line (names as in LineFacts); raises as ``invoices.update`` does.

    What follows from others follows again, unless it is among the changes: the amount, and the tax of a rate.
    """
    lines = _lines(environment_id, invoice_id)
    index = _index(lines, invoice_id, line_id)
    changed = _changed(lines[index], changes)
    return _update(environment_id, invoice_id, (*lines[:index], changed, *lines[index + 1 :]))


@atomic
def remove(*, environment_id: str, invoice_id: str, line_id: str) -> Invoice:
    """The draft without that line; raises as ``invoices.update`` does."""
    lines = _lines(environment_id, invoice_id)
    index = _index(lines, invoice_id, line_id)
    return _update(environment_id, invoice_id, (*lines[:index], *lines[index + 1 :]))


def _lines(environment_id: str, invoice_id: str) -> Lines:
    """Those that are there, and stay until the transaction ends."""
    return read_lines(rows.locked(Invoice, environment_id, invoice_id))


def _index(lines: Lines, invoice_id: str, line_id: str) -> int:
    for index, line in enumerate(lines):
        if line.id == line_id:
            return index
    raise NotFound(f"The invoice {invoice_id} has no line {line_id}.")


def _changed(line: LineFacts, changes: Mapping[str, Any]) -> LineFacts:
    wanted = applied(changes, line)
    if "amount" in wanted:
        wanted.setdefault("unit_amount", ZERO)
    elif wanted.get("unit_amount", line.unit_amount):
        wanted["amount"] = ZERO
    if wanted.get("tax_percentage", line.tax_percentage) is not None:
        wanted.setdefault("tax", ZERO)
    return replace(line, **wanted)


def _update(environment_id: str, invoice_id: str, lines: Lines) -> Invoice:
    return invoices.update(environment_id=environment_id, invoice_id=invoice_id, changes={"lines": lines})
