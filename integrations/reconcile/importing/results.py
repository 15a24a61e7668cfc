"""What became of an object of a list, and why."""

from dataclasses import dataclass

from integrations.models.imports import ImportOutcome

# What needs a person, or at least a reason.
SHOWN = (ImportOutcome.CONFLICTING, ImportOutcome.REFUSED)
# How many objects of each outcome an import shows, and how long their labels are (characters).
SAMPLES, LONGEST_LABEL = 5, 200


@dataclass(frozen=True)
class Result:
    """One object; ``reason``: why, for what needs a person."""

    provider_id: str
    label: str
    outcome: ImportOutcome
    reason: str = ""
    entity_id: str = ""
