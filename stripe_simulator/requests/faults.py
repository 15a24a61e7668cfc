"""Faults on demand: what goes wrong, for which operation, at which of its calls."""

import random
from dataclasses import dataclass, field
from typing import Literal, get_args

Effect = Literal[
    "429", "500_before", "500_after", "reset_before", "reset_after", "timeout", "timeout_before", "slow"
]
EFFECTS: tuple[str, ...] = get_args(Effect)


@dataclass
class Fault:
    """A rule: from the `nth` call of an operation (`*` for any) on, `times` times (-1: always), something fails.

    With a `chance` below 1 each call has that probability instead; the same seed gives the same run.
    """

    id: int
    operation: str
    effect: str
    nth: int = 1
    times: int = 1
    seconds: float = 1.0
    account: str | None = None
    chance: float = 1.0
    seen: int = field(default=0)
    fired: int = field(default=0)

    def strikes(self, operation: str, account: str, luck: random.Random) -> bool:
        """Count one call, and say whether the fault happens to it."""
        if self.operation not in ("*", operation) or self.account not in (None, account):
            return False
        self.seen += 1
        spent = self.times >= 0 and self.fired >= self.times
        if self.seen < self.nth or spent or (self.chance < 1 and luck.random() >= self.chance):
            return False
        self.fired += 1
        return True


class Faults:
    """The rules in force; the first that strikes decides."""

    def __init__(self, seed: int | None = None) -> None:
        self._luck = random.Random(seed)
        self.rules: list[Fault] = []
        self._made = 0

    def add(self, fault: Fault) -> Fault:
        """Put a rule in force."""
        self._made += 1
        fault.id = self._made
        self.rules.append(fault)
        return fault

    def add_text(self, text: str) -> None:
        """A rule as on the command line: `invoices.add_lines=500_after@2` (the second call)."""
        operation, _, effect = text.partition("=")
        effect, _, nth = effect.partition("@")
        if effect not in EFFECTS:
            raise ValueError(f"no effect {effect!r}; one of {', '.join(EFFECTS)}")
        self.add(Fault(id=0, operation=operation, effect=effect, nth=int(nth or 1)))

    def clear(self) -> None:
        """Lift all rules."""
        self.rules.clear()

    def strike(self, operation: str, account: str) -> Fault | None:
        """The fault that happens to this call, if any."""
        return next((rule for rule in self.rules if rule.strikes(operation, account, self._luck)), None)
