"""Which objects of a batch have a stored event of some kind: asked in one statement for all of them."""

from collections.abc import Iterable

from django.db.models import Q

from integrations.models import InboundEvent


class StoredEvents:
    """One connection's events, inside one transaction, by the objects that they are about."""

    def __init__(self, connection_id: str, object_ids: Iterable[str]) -> None:
        """``object_ids``: which are likely to be asked for."""
        self._connection_id = connection_id
        self._likely = frozenset(object_ids)
        # The objects that were looked for, and those of them that have such an event, by the condition.
        self._known: dict[Q, tuple[set[str], set[str]]] = {}

    def has(self, object_id: str, such: Q) -> bool:
        """Whether an event of the object is ``such``, whatever became of it."""
        asked, found = self._known.setdefault(such, (set(), set()))
        if object_id not in asked:
            wanted = ({object_id} | self._likely) - asked
            events = InboundEvent.objects.filter(such, connection_id=self._connection_id)
            found.update(events.filter(object_id__among=wanted).values_list("object_id", flat=True))
            asked.update(wanted)
        return object_id in found
