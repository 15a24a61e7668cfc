"""What is gone at the provider, and what belongs to it: all of a family is repaired in one way."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from billing.events import Kind
from integrations.models import ComparisonRun
from integrations.models.findings import FindingKind, Repair, Suggestion
from integrations.reconcile.comparing import parents
from integrations.reconcile.comparing.anew import Anew
from integrations.reconcile.comparing.differences import Difference
from integrations.reconcile.comparing.vanished import Vanished

ANEW = (
    "The provider has it no more, nor what the customer still owes or is subscribed to: make all of that another there"
    " (push, this first); or end all of it here (take), or accept it."
)
SOLD = (
    "The provider has it no more, nor a subscription to it that is to be made there: make both another there (push, this"
    " first); or end both here (take), or accept it."
)
WITH_PARENT = "Its {parent} is gone at the provider, too: make both another there (push, the {parent} first)."
GONE = "Its {parent} is gone at the provider, and ends here as well"
CLOSED = "Its {parent} is archived, or not to be made there, so that nobody can be subscribed to it any more"
ENDS = "{}: so does this (take), or accept it."
STAYS = "{}: nobody can take it there. End or accept it."
# What is made another of, where a customer or a subscription needs it.
_MAKEABLE = (Kind.CUSTOMER, Kind.PLAN, Kind.PRICE)
Ids = Mapping[Kind, set[str]]


def of(run: ComparisonRun, kind: Kind, found: Sequence[Difference]) -> list[Difference]:
    """The differences of a kind; those of what is gone, and of what belongs to that, in agreement."""
    if not found or kind not in (*_MAKEABLE, *parents.PARENTS):
        return list(found)
    members = _Members(run, kind, {one.entity_id for one in found})
    return [members.told(one) for one in found]


@dataclass(frozen=True)
class _Members:
    """Rows of one kind, and what they belong to."""

    run: ComparisonRun
    kind: Kind
    ids: set[str]

    def told(self, one: Difference) -> Difference:
        """The difference, as its family is repaired."""
        if one.entity_id in self._anew.get(self.kind, ()) and one.kind == FindingKind.GONE:
            return replace(one, suggested=Repair.PUSH.value, why=ANEW if self.kind == Kind.CUSTOMER else SOLD)
        if not self._is_followed(one):
            return one
        own = self._parents.get(one.entity_id, ())
        if why := self._end_of(own):
            is_gone = one.kind == FindingKind.GONE
            suggested = Repair.TAKE.value if is_gone else Suggestion.ACCEPT.value
            return replace(one, suggested=suggested, why=(ENDS if is_gone else STAYS).format(why))
        if gone := next((kind for kind, id in own if id in self._anew.get(kind, ())), None):
            return replace(one, suggested=Repair.PUSH.value, why=WITH_PARENT.format(parent=gone))
        return one

    def _is_followed(self, one: Difference) -> bool:
        """Of a customer who is there nothing is made another: a subscription ends with what it is to."""
        customers = {id for kind, id in self._parents.get(one.entity_id, ()) if kind == Kind.CUSTOMER}
        is_alone = self.kind == Kind.SUBSCRIPTION and one.kind == FindingKind.GONE
        return one.suggested in (Repair.PUSH, self._own) and not (
            is_alone and customers.isdisjoint(self._gone.get(Kind.CUSTOMER, ()))
        )

    @property
    def _own(self) -> str:
        """What is suggested of a kind that stands for itself: only invoices are pushed then."""
        return Repair.PUSH.value if self.kind == Kind.INVOICE else Repair.TAKE.value

    def _end_of(self, own: Iterable[tuple[Kind, str]]) -> str:
        """Which of what it belongs to keeps it from being made there, "" where nothing does."""
        for kind, id in sorted(own):
            if id in self._closed.get(kind, ()):
                return CLOSED.format(parent=kind)
            if id in self._gone.get(kind, ()) and id not in self._anew.get(kind, ()):
                return GONE.format(parent=kind)
        return ""

    @cached_property
    def _parents(self) -> Mapping[str, Collection[tuple[Kind, str]]]:
        return parents.of_rows(self.kind, self.ids)

    @cached_property
    def _every(self) -> Ids:
        """The rows themselves, and all that they belong to."""
        found = defaultdict[Kind, set[str]](set, {self.kind: self.ids})
        for pairs in self._parents.values():
            for kind, id in pairs:
                found[kind].add(id)
        return found

    @cached_property
    def _gone(self) -> Ids:
        return self._among(Vanished(self.run).of)

    @cached_property
    def _anew(self) -> Ids:
        return self._among(Anew(Vanished(self.run)).of) if any(self._gone.values()) else {}

    @cached_property
    def _closed(self) -> Ids:
        is_to_prices = self.kind == Kind.SUBSCRIPTION
        return self._among(Vanished(self.run).closed, (Kind.PLAN, Kind.PRICE)) if is_to_prices else {}

    def _among(self, rows: Any, kinds: Collection[Kind] = _MAKEABLE) -> Ids:
        every = {kind: ids for kind, ids in self._every.items() if kind in kinds}
        return {
            kind: set(rows(kind).filter(pk__among=sorted(ids)).values_list("pk", flat=True))
            for kind, ids in every.items()
        }
