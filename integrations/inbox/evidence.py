"""What stored events and recorded calls tell of a change at the provider: mappings.merging.Evidence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from billing.events import Kind
from integrations.errors import Retry
from integrations.inbox import change_times
from integrations.inbox.own_calls import OwnCalls
from integrations.models import Connection
from integrations.provider_api import Fields

# How often, and how soon, an event waits for another that tells the time of a change.
WAITS_FOR_TIME, SOON_SECONDS = 2, 0.5
# How often an event waits for the answer to a call: eight minutes in all.
WAITS_FOR_ANSWER = 8


@dataclass(frozen=True)
class AnswerEvidence:
    """For an answer to one of FlexSync's calls, which cannot wait."""

    connection: Connection
    kind: Kind
    provider_id: str

    def changed_at(self, name: str, value: Any) -> datetime | None:
        """When the field got that value; None where no event says so yet: it will decide, when it comes."""
        connection = self.connection
        return change_times.stored_time_of(
            connection.pk, connection.provider, self.kind, self.provider_id, name, value
        )

    def is_changed_since(self, _name: str, _own: Sequence[Any]) -> bool:
        """Never: it is of now."""
        return False

    def is_anothers_last(self, _name: str) -> bool:
        """Never, either."""
        return False

    def unanswered(self) -> Fields:
        """Nothing: a push settles its earlier calls first."""
        return {}

    def wait_for_answer(self, name: str) -> None:
        """Nothing to wait for."""


@dataclass(frozen=True)
class EventEvidence(AnswerEvidence):
    """For an event of the object, ``created`` then and tried ``attempts`` times before."""

    created: datetime
    attempts: int
    calls: OwnCalls

    def changed_at(self, name: str, value: Any) -> datetime | None:
        """When the field got that value; raises Retry at the first attempts where no event says so yet."""
        found = super().changed_at(name, value)
        if found is None and self.attempts < WAITS_FOR_TIME:
            raise Retry(
                f"Both sides changed {name}. Waits for the event that says when {self.provider_id} changed.",
                within=SOON_SECONDS,
                then="At the third attempt it counts as changed at the time of this event.",
            )
        return found or self.created

    def is_changed_since(self, name: str, own: Sequence[Any]) -> bool:
        """Whether a later event is of another's change, or shows another value than FlexSync's own."""
        later = self._changes(name, Q(created__gt=self.created))
        return any(not one.is_own or one.before not in own for one in later)

    def is_anothers_last(self, name: str) -> bool:
        """Whether the second of this event ends with a change of another's."""
        return change_times.end_with_anothers(self._changes(name, Q(created=self.created)))

    def _changes(self, name: str, when: Q) -> Iterator[change_times.Change]:
        connection = self.connection
        return change_times.stored_changes(
            connection.pk, connection.provider, self.kind, self.provider_id, name, when
        )

    def unanswered(self) -> Fields:
        """What calls that have no answer set of the object, if they were carried out."""
        return self.calls.set_of(self.provider_id)

    def wait_for_answer(self, name: str) -> None:
        """Raises Retry: whether this change is the later one, only the answer tells."""
        if self.attempts < WAITS_FOR_ANSWER:
            raise Retry(
                f"Waits for the answer to a call of FlexSync's that sets {name} of {self.provider_id}.",
                within=SOON_SECONDS,
                then=f"After {WAITS_FOR_ANSWER} attempts the call counts as not carried out.",
            )
