"""What became, or would become, of many findings: counted, with some of them as examples."""

from collections import Counter
from dataclasses import dataclass, field

from integrations.models import Finding

# How many examples are kept.
SHOWN = 50


@dataclass(frozen=True)
class One:
    """A finding, and what would be asked for: ``refusal`` says why it would not."""

    finding: Finding
    repair: str
    refusal: str


@dataclass
class Summary:
    """How many were (or would be) asked for, by repair; how many not, by why; and the first of both.

    ``unexamined``: how many more there are, of which nothing is known yet. ``batch_id``: of a RepairBatch.
    """

    asked: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    examples: list[One] = field(default_factory=list)
    unexamined: int = 0
    batch_id: str = ""

    @property
    def total(self) -> int:
        """How many findings there are."""
        return self.asked.total() + self.refused.total() + self.unexamined

    def add(self, one: One) -> None:
        """Counts one."""
        if one.refusal:
            self.refused[one.refusal] += 1
        else:
            self.asked[one.repair] += 1
        if len(self.examples) < SHOWN:
            self.examples.append(one)
