"""Who collects invoices: billing itself collects nothing, and asks whoever has registered here."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from billing.facts import InvoiceFacts, LineFacts
from billing.models import Invoice


@dataclass(frozen=True)
class Accepted:
    """A draft as its collector takes it: its lines as they will be final, and who collects ("": nobody)."""

    lines: tuple[LineFacts, ...]
    connection_id: str


class Collectors(Protocol):
    """What those that collect are asked for."""

    def check(self, environment_id: str, connection_id: str) -> None:
        """Raises Invalid, at ``connection_id``, unless the environment has that connection."""

    def accept(self, invoice: Invoice, facts: InvoiceFacts) -> Accepted:
        """Sees a draft before it is final; raises Conflict, with all reasons, when it cannot be collected.

        Raises Unavailable while a number may be given that was given before.
        """

    def look(self, environment_id: str, invoice_id: str, started_by: str) -> None:
        """Brings here what has become of the invoice there; for callers who wait, outside any transaction.

        Raises Conflict while something is under way for it.
        """

    def is_sending(self, invoice_id: str) -> bool:
        """Whether the invoice is being sent at this moment, and its money may be asked for by that."""

    def take_payment(self, invoice: Invoice, amount: Decimal) -> None:
        """Sees a payment of ``amount`` (major units) before it is recorded by hand.

        Raises Conflict where who collects the invoice counts only a payment of all that remains of it,
        Invalid where it does not count such an amount.
        """

    def release(self, invoice: Invoice, to: str) -> None:
        """Raises Conflict unless the finalized invoice can be moved to that collector ("": to nobody)."""


class _Nobody:
    def check(self, environment_id: str, connection_id: str) -> None:
        pass

    def accept(self, invoice: Invoice, facts: InvoiceFacts) -> Accepted:
        return Accepted(facts.lines, facts.connection_id)

    def look(self, environment_id: str, invoice_id: str, started_by: str) -> None:
        pass

    def is_sending(self, invoice_id: str) -> bool:
        return False

    def take_payment(self, invoice: Invoice, amount: Decimal) -> None:
        pass

    def release(self, invoice: Invoice, to: str) -> None:
        pass


_registered: Collectors = _Nobody()


def register(collectors: Collectors) -> None:
    """Makes billing ask ``collectors``."""
    global _registered
    _registered = collectors


def registered() -> Collectors:
    """Whom to ask."""
    return _registered
