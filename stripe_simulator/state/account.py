"""One Stripe account: its objects, and what happens when they change."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ..errors import missing
from .agenda import Agenda
from .behavior import Behavior
from .clock import Clock
from .collection import Among, Collection
from .filters import Entry, entries_of
from .ids import Ids, account_id
from .journal import Journal
from .presence import settle_presence
from .stored import StoredObject

Object = dict[str, Any]
Composer = Callable[["Account", Object, Object], None]
EventListener = Callable[["Account", str, Object, Object | None], None]

# Adds what an object shows beyond its stored attributes: a function per kind, set by the module of the kind.
COMPOSERS: dict[str, Composer] = {}


def created_of(object: Object) -> int:
    """Return when an object was created, whatever its kind calls that."""
    moment = object["created"] if "created" in object else object.get("date")
    return int(moment or 0)


def _copy(value: Any) -> Any:
    """Return a copy of a JSON value, at any depth."""
    if isinstance(value, dict):
        return {name: _copy(inner) for name, inner in value.items()}
    return [_copy(inner) for inner in value] if isinstance(value, list) else value


@dataclass(frozen=True)
class Request:
    """The API request that is being carried out, as events name it."""

    id: str | None = None
    idempotency_key: str | None = None


class Account:
    """All state of one account. Everything runs in one event loop, so nothing here needs a lock."""

    def __init__(self, label: str, *, clock: Clock, ids: Ids, base_url: str, on_event: EventListener) -> None:
        self.label, self.id = label, account_id(label)
        self.clock, self.ids, self.base_url, self._on_event = clock, ids, base_url, on_event
        self.request = Request()
        self.objects: dict[str, Object] = {}
        self.collections: defaultdict[str, Collection] = defaultdict(Collection)
        self.journal = Journal()
        self.agenda = Agenda(self.journal)
        self.search_lag = 0
        self.behavior = Behavior()
        self._moment: int | None = None
        self.created = clock.now()

    @property
    def now(self) -> int:
        """The time, in seconds: of the simulator, or of the test clock in use."""
        return self._moment if self._moment is not None else self.clock.now()

    @contextmanager
    def at(self, moment: int | None) -> Iterator[None]:
        """Set the time to this moment inside the block; None leaves it alone."""
        former, self._moment = self._moment, moment if moment is not None else self._moment
        try:
            yield
        finally:
            self._moment = former

    def new_id(self, prefix: str, length: int = 24) -> str:
        """Return an unused id."""
        while (id := self.ids.new(prefix, length)) in self.objects:
            continue
        return id

    def add(self, object: Object) -> Object:
        """Store a new object and return it as stored: later changes are made to what is returned."""
        stored = self.stored(object)
        self.journal.record(lambda: self._undo_add(stored))
        self.objects[stored["id"]] = stored
        self.collections[stored["object"]].add(stored["id"], created_of(stored))
        return stored

    def stored(self, object: Object) -> Object:
        """Return an object that tells the journal and its collection when it changes."""
        return StoredObject(object, self.journal, self.collections[object["object"]])

    def _undo_add(self, stored: Object) -> None:
        self.collections[stored["object"]].remove_newest(stored["id"])
        del self.objects[stored["id"]]

    def remove(self, object: Object) -> None:
        """Remove an object without a trace."""
        self._unlist(object)
        self.journal.record(lambda: self.objects.__setitem__(object["id"], object))
        del self.objects[object["id"]]

    def bury(self, object: Object) -> Object:
        """Remove an object from the lists, and return what stays in its place: an object with `deleted`."""
        self._unlist(object)
        self.journal.record(lambda: self.objects.__setitem__(object["id"], object))
        shown = {"id": object["id"], "object": object["object"], "deleted": True}
        deleted = self.stored(shown)
        self.objects[object["id"]] = deleted
        return deleted

    def _unlist(self, object: Object) -> None:
        collection, id = self.collections[object["object"]], object["id"]
        position = collection.position(id)
        self.journal.record(lambda: collection.restore(id, position))
        collection.remove(id)

    def find(self, kind: str, id: Any) -> Object | None:
        """Return the object of this kind and id, if there is one."""
        found = self.objects.get(id) if isinstance(id, str) else None
        return found if found is not None and found["object"] == kind else None

    def get(self, kind: str, id: Any, param: str = "id") -> Object:
        """Return the object of this kind and id, or Stripe's error that names the parameter."""
        found = self.find(kind, id)
        if found is None or found.get("deleted"):
            raise missing(kind, str(id), param)
        return found

    def all(self, kind: str) -> Iterator[Object]:
        """Return every object of a kind, newest first."""
        return (self.objects[id] for id in self.collections[kind].newest_first())

    def having(self, kind: str, name: str, value: str) -> Iterator[Object]:
        """Return every object of a kind whose indexed attribute has this value, newest first."""
        among = [list(positions) for positions in self.among(kind, {(name, value)})]
        return (self.objects[id] for id in self.collections[kind].newest_first(among=among))

    def among(self, kind: str, entries: set[Entry]) -> Among:
        """Return the positions of the objects of a kind that have one of these values of one attribute."""
        collection = self.collections[kind]
        collection.refile(lambda id: entries_of(self.objects[id]))
        return collection.having(entries)

    def render(self, object: Object) -> Object:
        """Return an object as the API shows it; names that begin with `_` are internal."""
        shown = {name: value for name, value in object.items() if name[0] != "_"}
        if object.get("deleted"):
            return shown
        composer = COMPOSERS.get(object["object"])
        if composer is not None:
            composer(self, object, shown)
        settle_presence(shown)
        return shown

    def snapshot(self, object: Object) -> Object:
        """Return a copy of what the API shows now, which later changes do not touch."""
        copy: Object = _copy(self.render(object))
        return copy

    def emit(self, type: str, object: Object, before: Object | None = None) -> None:
        """Record an event; `before` is the snapshot from before the change, for `previous_attributes`."""
        self._on_event(self, type, object, before)

    @contextmanager
    def changing(self, object: Object, *events: str) -> Iterator[Object]:
        """Emit these events if the block has changed something that the API shows.

        The first event has the former values.
        """
        before = self.snapshot(object)
        yield object
        if self.render(object) != before:
            for index, type in enumerate(events):
                self.emit(type, object, before if index == 0 else None)
