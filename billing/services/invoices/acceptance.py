"""Whoever is to collect an invoice sees the draft first, and may refuse it or round its lines."""

import dataclasses
from collections.abc import Callable, Sequence

from billing.facts import InvoiceFacts, LineFacts
from billing.models import Invoice

# Returns the lines as they will be final. Raises Conflict, with all reasons at once, for what it cannot take.
Accept = Callable[[Invoice, InvoiceFacts], Sequence[LineFacts]]
_registered: list[Accept] = []


def register(accept: Accept) -> None:
    """Makes ``accept`` see every draft that is finalized here, before it has a number."""
    if accept not in _registered:
        _registered.append(accept)


def accepted_lines(invoice: Invoice, facts: InvoiceFacts) -> tuple[LineFacts, ...]:
    """The lines of the draft as all who are to collect it take them; raises Conflict."""
    for accept in _registered:
        facts = dataclasses.replace(facts, lines=tuple(accept(invoice, facts)))
    return facts.lines
