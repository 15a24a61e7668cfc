"""What becomes of the fields that both sides have changed."""

from dataclasses import dataclass, replace

from integrations.models.connections import Owner


@dataclass(frozen=True)
class Outcome:
    """Fields: FlexSync's value stays, the provider's does, both stay, the time is unknown."""

    won: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()
    open: frozenset[str] = frozenset()
    undecided: frozenset[str] = frozenset()

    def with_winner(self, winner: str, name: str) -> "Outcome":
        """With the field of one more conflict."""
        part = {Owner.FLEXSYNC: "won", Owner.PROVIDER: "lost", "": "open"}[winner]
        return replace(self, **{part: getattr(self, part) | {name}})
