"""Faults on demand: what goes wrong, for which operation, and from which of its calls on."""

import random
from dataclasses import dataclass, field
from typing import Literal, get_args

Effect = Literal[
    "429", "500_before", "500_after", "reset_before", "reset_after", "timeout", "timeout_before", "slow"
]
EFFECTS: tuple[str, ...] = get_args(Effect)


@dataclass
class Fault:
    """A rule: from the `nth` call of an operation (`*` for any) on, `times` times (-1: always), a call fails.

    With a `chance` below 1 each call fails with that probability instead; the same seed gives the same run.
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

    def applies_to(self, operation: str, account: str, rng: random.Random) -> bool:
        """Count one call, and return whether the fault applies to it."""
        if self.operation not in ("*", operation) or self.account not in (None, account):
            return False
        self.seen += 1
        used_up = self.times >= 0 and self.fired >= self.times
        if self.seen < self.nth or used_up or (self.chance < 1 and rng.random() >= self.chance):
            return False
        self.fired += 1
        return True


class Faults:
    """The active rules; the first that applies decides."""

    def __init__(self, seed: int | None = None) -> None:
        self._rng = random.Random(seed)
        self.rules: list[Fault] = []
        self._made = 0

    def add(self, fault: Fault) -> Fault:
        """Add a rule."""
        self._made += 1
        fault.id = self._made
        self.rules.append(fault)
        return fault

    def add_text(self, text: str) -> None:
        """Add a rule as written on the command line: `invoices.add_lines=500_after@2` (the second call)."""
        operation, _, effect = text.partition("=")
        effect, _, nth = effect.partition("@")
        if effect not in EFFECTS:
            raise ValueError(f"there is no effect {effect!r}; give one of {', '.join(EFFECTS)}")
        self.add(Fault(id=0, operation=operation, effect=effect, nth=int(nth or 1)))

    def clear(self) -> None:
        """Remove all rules."""
        self.rules.clear()

    def fault_for(self, operation: str, account: str) -> Fault | None:
        """Return the fault to inject into this call, if any."""
        return next((rule for rule in self.rules if rule.applies_to(operation, account, self._rng)), None)
