"""A group of problems: rows of one kind with one cause at one connection."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import md5
from typing import Any

from django.db.models import QuerySet

from billing import money
from integrations.models import TriageMark
from integrations.triage.kind import ProblemKind


@dataclass
class Group:
    """``at_stake``: major units by currency. ``oldest``: its oldest row. ``mark``: what was said of it."""

    kind: ProblemKind
    connection_id: str
    environment_id: str
    cause: str
    count: int
    first_seen: datetime
    last_seen: datetime
    oldest: str
    deadline: datetime | None = None
    at_stake: dict[str, Decimal] = field(default_factory=dict)
    mark: TriageMark | None = None

    @property
    def key(self) -> str:
        """Names the group, also when it comes back."""
        cause = md5(self.cause.encode(), usedforsecurity=False).hexdigest()
        return f"{self.kind.code}:{self.environment_id}:{self.connection_id}:{cause}"

    @property
    def is_dismissed(self) -> bool:
        """Whether a person dismissed it, and it has not happened again since."""
        at = self.mark.dismissed_at if self.mark else None
        return at is not None and self.last_seen <= at

    @property
    def title(self) -> str:
        """In one line, without what changes while it is open."""
        return f"{self.kind.title}: {self.why}" if self.cause else self.kind.title

    @property
    def why(self) -> str:
        """The cause, as people read it."""
        return self.kind.worded(self.cause)

    def stakes(self) -> list[str]:
        """The money at stake, as people read it: "12.50 USD"."""
        return [money.with_currency(amount, currency) for currency, amount in self.at_stake.items()]

    def shown(self) -> dict[str, Any]:
        """For programs: amounts are text in major units, times ISO 8601."""
        mark = self.mark or TriageMark()
        stake = {currency: money.text(amount, currency) for currency, amount in self.at_stake.items()}
        return {
            "code": self.kind.code,
            "title": self.kind.title,
            "cause": self.why,
            "remedy": self.kind.remedy,
            "connection_id": self.connection_id,
            "environment_id": self.environment_id,
            "count": self.count,
            "first_seen": self.first_seen,
            "last_seen": self.last_seen,
            "oldest": self.oldest,
            "deadline": self.deadline,
            "at_stake": stake,
            "assigned_to": mark.assigned_to,
            "note": mark.note,
            "dismissed": self.is_dismissed,
        }

    def rows(self) -> QuerySet[Any]:
        """Its rows, the oldest first."""
        return self.kind.rows_of(self.key)

    def named(self, most: int) -> list[str]:
        """The ids of what its oldest rows are about, so many at most: of rows here, or of objects there."""
        if not self.kind.about:
            return []
        return list(dict.fromkeys(self.rows().values_list(self.kind.about, flat=True)[:most]))

    def join(self, other: "Group") -> None:
        """Adds what was counted apart: the same group in another currency."""
        self.count += other.count
        self.first_seen = min(self.first_seen, other.first_seen)
        self.last_seen = max(self.last_seen, other.last_seen)
        self.oldest = min(self.oldest, other.oldest)
        self.deadline = min((one for one in (self.deadline, other.deadline) if one), default=None)
        self.at_stake |= other.at_stake
