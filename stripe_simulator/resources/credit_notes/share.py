"""The share of a line's discounts and taxes that goes with what is credited of it."""

from dataclasses import dataclass
from decimal import Decimal

from ...amounts.money import rounded
from ...state.account import Object


@dataclass(frozen=True)
class Share:
    """From where to where an amount is credited, of the whole, in minor units.

    Shares of one line that follow each other add up to the whole exactly.
    """

    start: int
    end: int
    whole: int

    def of(self, entry: Object, *names: str) -> Object:
        """Return an entry with its share of these amounts."""
        return entry | {name: self._part(entry[name]) for name in names}

    def _part(self, amount: int) -> int:
        if not self.whole:
            return 0
        until = [rounded(Decimal(amount) * edge / self.whole) for edge in (self.start, self.end)]
        return until[1] - until[0]
