"""How a provider's events are applied: routes, handlers, and what a handler may ask for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

from django.db.models import Q

from billing.events import Kind
from integrations.provider_api.gateway import Json
from integrations.provider_api.merging import Fields


@dataclass(frozen=True)
class Ignored:
    """What a handler returns when the event asks for no change here; the reason is shown to operators.

    ``is_echo``: FlexSync itself has caused it, so that nobody need look at it. ``is_in_order``: another has,
    and there is nothing to do about it either.
    """

    reason: str
    is_echo: bool = False
    is_in_order: bool = False


class Freshness(Enum):
    """How new an event is to its object.

    STALE: something newer was seen. FRESH: it is the newest. CONCURRENT: another event of the same second was
    applied, and neither is known to be the later one.
    """

    STALE = "stale"
    FRESH = "fresh"
    CONCURRENT = "concurrent"


class First(Enum):
    """What is known of an object and its row when they are compared for the first time.

    NEW: the row was made from the object. OWN: FlexSync made the object from the row. LINKED: nothing.
    """

    NEW = "new"
    OWN = "own"
    LINKED = "linked"


class Inbound(Protocol):
    """What a handler may ask for while it applies one event, inside the event's transaction."""

    connection_id: str
    environment_id: str
    event_type: str
    created: datetime
    # How often the event was tried before.
    attempts: int
    # Whether rows here, and links, may be missing because a backup was restored.
    is_recovering: bool

    def happened(self, known: datetime | None = None) -> datetime:
        """When it happened there: ``known``, where the object says it, else the event's ``created``.

        Never in the future, and never the time of processing: an event may be applied months later.
        """

    def is_on(self, switch: str) -> bool:
        """Whether the connection's ``switch`` is on; for routes that apply some events without it."""

    def entity_id_of(self, kind: Kind, provider_id: str) -> str | None:
        """FlexSync's id of the provider's object, None when it has no counterpart here."""

    def provider_id_of(self, kind: Kind, entity_id: str) -> str | None:
        """The provider's id of FlexSync's row, None when it has no counterpart there."""

    def unlinked(self, kind: Kind, provider_id: str) -> str:
        """Who unlinked the object, from what and when, in a sentence; "" where nobody did.

        Only a person links it again: ``link`` raises MappingConflict.
        """

    def link(self, kind: Kind, entity_id: str, provider_id: str) -> None:
        """Maps the two to each other; raises MappingConflict when either has another counterpart."""

    def look_up(self, operation: str, target: str, params: Json) -> Json:
        """The gateway's answer about one of the provider's objects (``target`` "": about many).

        The call is not made from here: the event's transaction is rolled back, the call is made outside of
        any, and the handler begins again with its answer.

        The answer may be older than what another event has brought meanwhile: ``lock`` the object, and look
        whether it is here, before this. Raises Retry or Rejected.
        """

    def read_again(self, kind: Kind, operation: str, target: str, params: Json) -> Json:
        """``look_up`` for the event's own object; never older than what was recorded of it meanwhile."""

    def was_read_since(self, kind: Kind, provider_id: str) -> bool:
        """Whether another event has read the object since this one came: what this one shows is over."""

    def is_undecided(self, kind: Kind, provider_id: str) -> bool:
        """Whether a field that both sides changed waits for the time of the provider's change: any event of
        the object may tell it.
        """

    def refresh(self, kind: Kind, entity_id: str) -> None:
        """Lets the row be read from the provider once this is committed, for what the event leaves out.

        The event does not wait for that: a row of the outbox does it, by the provider's ``refreshes``, and
        once for all who asked before it began.
        """

    def has_event(self, provider_id: str, such: Q) -> bool:
        """Whether an event of the object that is ``such`` (of the columns of InboundEvent) was stored.

        Whatever became of it; asked at once for all that one batch may ask for.
        """

    def has_payment(self, gateway: str, provider_id: str) -> bool:
        """Whether a payment with that gateway and id is here, besides those that have a mapping.

        Asked at once for all that one batch may ask for.
        """

    def customer_naming(self, name: str, provider_id: str) -> str:
        """The oldest active customer without a counterpart whose ``metadata[name]`` is the id; "" for none.

        Asked at once for all that one batch may ask for.
        """

    def chosen(self, kind: Kind, provider_id: str) -> str | None:
        """The row that a person has chosen for an object without a mapping, "" for one of its own.

        None where nobody has: the handler decides. Raises Retry while a person is to decide.
        """

    def kept_apart(self, kind: Kind, provider_id: str) -> frozenset[str]:
        """The rows that such an object is not, as a person has said; asked where something names a row."""

    def lock(self, provider_id: str) -> None:
        """Waits until no other worker applies events of this object, which is not the event's own."""

    def notes_of(self, kind: Kind, provider_id: str) -> Json:
        """The notes of the object's mapping, {} when there is none."""

    def annotate(self, kind: Kind, entity_id: str, facts: Json) -> None:
        """Adds to the notes of a mapping that exists; a push reads them with ``notes_of``."""

    def differs(self, kind: Kind, provider_id: str, current: Json) -> bool:
        """Whether ``current`` (see Mergeable.current) shows anything that is not known of the object."""

    def merge(self, kind: Kind, entity_id: str, current: Json, *, first: First | None = None) -> None:
        """Merges what the object has (see Mergeable.current) into the entity, field by field.

        Takes over what was changed there only, and settles conflicts; raises Retry. ``first``: what is known
        where they were just linked.
        """

    def was_made(self, key: str) -> bool:
        """Whether a call of this connection was recorded under the idempotency ``key``, "flexsync-..."."""

    def restore(self, kind: Kind, entity_id: str, replaced: Fields, key: str) -> None:
        """Merges values that FlexSync's call with the idempotency ``key`` has replaced without seeing them.

        ``replaced``: see Mergeable.replaced.
        """

    def freshness(self, kind: Kind, provider_id: str, rank: int = 0) -> Freshness:
        """How new this event is to the object; records that it was seen.

        After CONCURRENT, ask the provider for the object by ``look_up``. ``rank`` orders events of one second
        (created 0, updated 1, deleted 2). A deletion is final, also of an object that was never here: so call
        this before looking for the mapping.
        """

    def ended(self, kind: Kind, provider_id: str) -> None:
        """Records that the row has ended with the object that the event deletes; call it after ``freshness``.

        Otherwise a person is asked what becomes of the row.
        """

    def may_precede_look(self, kind: Kind, provider_id: str) -> bool:
        """Whether FlexSync has read the object at about the time of the event, or later.

        Then the event may be older than what is known: where it differs from that, ``look_up`` the object. An
        answer that is observed is as new as can be.
        """

    def is_stale(self, kind: Kind, provider_id: str, rank: int = 0) -> bool:
        """Whether to ignore the event; for handlers that do nothing special after CONCURRENT."""


Handler = Callable[[Inbound, Json], Ignored | None]
# Applies one of the provider's objects as an answer to a call has just shown it; handlers do the same.
Observer = Callable[[Inbound, Json], None]


@dataclass(frozen=True)
class Names:
    """What an event names: the provider's ids, FlexSync's ids by kind, and a customer's external_id.

    ``own_key``: the idempotency key of the call of FlexSync's that caused it.
    """

    provider_ids: frozenset[str] = frozenset()
    entity_ids: Mapping[Kind, str] = field(default_factory=dict)
    external_id: str = ""
    own_key: str = ""


# The turn of events that nothing else depends on.
LAST = 9


@dataclass(frozen=True)
class Route:
    """Which handler takes an event, and the connection's switch that must be on (None: always applied).

    The rest is for many events at once. ``turn``: lower ones go first, because others depend on their
    objects. ``rank``: order among events of one object and second. ``whole``(payload) -> whether the event
    tells of the whole object, and of nothing else: older ones of it that are ``whole``, too, are not applied.
    """

    handler: Handler
    switch: str | None = None
    turn: int = LAST
    rank: int = 1
    whole: Callable[[Json], bool] | None = None
