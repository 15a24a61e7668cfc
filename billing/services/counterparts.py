"""What others have of billing's rows: billing itself knows of none, and asks whoever has registered here."""

from typing import Protocol

from billing.events import Kind


class Counterparts(Protocol):
    """What those that have counterparts of rows are asked for."""

    def gone(self, kind: Kind, row_id: str) -> str:
        """Says since when a counterpart of the row is gone, "" where none is.

        Inside a transaction that stays so until its end.
        """

    def make_anew(self, kind: Kind, row_id: str, *, done_by: str, reason: str) -> None:
        """Has others made for those that are gone; inside the transaction that restores the row."""


class _Nobody:
    def gone(self, kind: Kind, row_id: str) -> str:
        return ""

    def make_anew(self, kind: Kind, row_id: str, *, done_by: str, reason: str) -> None:
        pass


_registered: Counterparts = _Nobody()


def register(counterparts: Counterparts) -> None:
    """Makes billing ask ``counterparts``."""
    global _registered
    _registered = counterparts


def registered() -> Counterparts:
    """Whom to ask."""
    return _registered
