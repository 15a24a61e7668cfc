"""What a provider is: one frozen record of functions, found under providers/ and called by everyone else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Protocol

from billing.events import Kind
from integrations.provider_api.payment_methods import SavedMethod

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Envelope:
    """A verified message of the provider, opened just far enough to store it.

    ``event_id`` is unique per account; ``object_id`` names the thing it speaks of ("" when unknown);
    ``created`` is the provider's own time; ``secret_index`` says which of the given secrets verified it; ``text`` is
    the payload's JSON, where it came as such and PostgreSQL takes it.
    """

    event_id: str
    type: str
    object_id: str
    created: datetime
    api_version: str
    livemode: bool
    payload: Json
    secret_index: int
    text: str = ""


@dataclass(frozen=True)
class Ignored:
    """What a handler answers when the event asks nothing of us; the reason is shown to operators."""

    reason: str


class Freshness(Enum):
    """How new an event is to its object.

    STALE: something newer was seen. FRESH: it is the newest. CONCURRENT: another event of the same second was
    applied, and neither is known to be the later one.
    """

    STALE = "stale"
    FRESH = "fresh"
    CONCURRENT = "concurrent"


class Inbound(Protocol):
    """What a handler may ask for while it applies one event, inside the event's transaction."""

    connection_id: str
    environment_id: str
    event_type: str
    created: datetime
    now: datetime
    # How often the event was tried before.
    attempts: int

    def is_on(self, switch: str) -> bool:
        """Whether the connection's ``switch`` is on: for the route that applies only some of its events without it."""

    def entity_id_of(self, kind: Kind, provider_id: str) -> str | None:
        """The id of our twin of their ``provider_id``, None when there is none."""

    def provider_id_of(self, kind: Kind, entity_id: str) -> str | None:
        """The id of their twin of our ``entity_id``, None when there is none."""

    def link(self, kind: Kind, entity_id: str, provider_id: str) -> None:
        """Records that the two are one; raises MappingConflict when either already has another twin."""

    def look_up(self, operation: str, target: str, params: Json) -> Json:
        """The gateway's answer about one of their objects ("": about many).

        Not called from here: the event's transaction is taken back, the question is asked outside of any, and the
        handler begins again with the answer.

        The answer may be older than what another event has brought meanwhile: ``lock`` the object, and look whether
        it is here, before this. Raises Retry or Rejected.
        """

    def lock(self, provider_id: str) -> None:
        """Waits until no other event is applied that holds this object of theirs; for one beside the event's own."""

    def annotate(self, kind: Kind, entity_id: str, facts: Json) -> None:
        """Adds to what is known of a pair that exists, where a push reads it with ``notes_of``."""

    def freshness(self, kind: Kind, provider_id: str, rank: int = 0) -> Freshness:
        """How new this event is to the object, compared with what was last seen of it; records that it was seen.

        After CONCURRENT, ask the provider for the object by ``look_up``. ``rank`` orders events of one second
        (created 0, updated 1, deleted 2). A deletion is final, also of an object that was never here: so call this
        before looking for the mapping.
        """

    def is_stale(self, kind: Kind, provider_id: str, rank: int = 0) -> bool:
        """``freshness`` for handlers that ask for nothing after CONCURRENT: whether to ignore the event."""


Handler = Callable[[Inbound, Json], Ignored | None]


@dataclass(frozen=True)
class Names:
    """What an event names: ids of theirs, ids of ours by their kind, and external_ids of customers."""

    theirs: frozenset[str] = frozenset()
    ours: Mapping[Kind, str] = field(default_factory=dict)
    external_id: str = ""


# The turn of events that nothing else depends on.
LAST = 9


@dataclass(frozen=True)
class Route:
    """Which handler takes an event, and the connection's switch that must be on (None: always applied).

    The rest is for many events at once. ``turn``: lower ones go first, because others depend on their objects.
    ``rank``: order among events of one object and second. ``whole``(payload) -> whether the event says all of its object, so that older ones with ``whole`` need not be applied.
    """

    handler: Handler
    switch: str | None = None
    turn: int = LAST
    rank: int = 1
    whole: Callable[[Json], bool] | None = None


class Outbound(Protocol):
    """What a push may ask for while it brings one entity to the provider, outside any transaction.

    The same push runs for real, again after a crash, and as a dry run: it must reach the provider
    through ``once`` only, and take every decision from billing's state, mappings and answers.
    """

    connection_id: str
    environment_id: str
    entity_id: str
    # True while a plan is made: answers then hold placeholders, and comparing their amounts says nothing.
    dry: bool

    def provider_id_of(self, kind: Kind, entity_id: str) -> str | None:
        """The id of their twin of our ``entity_id``, None when there is none."""

    def notes_of(self, kind: Kind, entity_id: str) -> Json:
        """What earlier pushes noted about the pair (``noted`` below), {} when nothing."""

    def once(
        self,
        step: str,
        operation: str,
        params: Json,
        *,
        target: str | None = None,
        link: tuple[Kind, str] | None = None,
        annotate: Callable[[Json], Json] | None = None,
        about: tuple[Kind, str] | None = None,
    ) -> Json:
        """Makes one call, recorded before and after: a step that is done is not done again, its answer is given.

        ``operation`` names the gateway's operation ("invoices.create"), ``target`` the provider's object it is for.
        ``link`` maps (kind, our id) to the answer's ``id`` and ``annotate`` adds to what is known of a pair, both in the
        transaction that records the answer. That pair is ``about``'s (kind, our id), else ``link``'s, else the
        pushed entity's, and exists by then. A noted "sent" is the digest of what was sent, a noted "held" what the
        provider holds of ours, by the names of its parameters: a plan shows what would change of it.
        Raises Retry or Rejected.
        """

    def is_unsure(self, target: str, besides: str) -> bool:
        """Whether an earlier attempt called ``target``, in a step other than ``besides``, and had no answer.

        What was noted may then be out of date: tell everything instead of what differs from it.
        """

    def skip(self, step: str, reason: str) -> None:
        """Records that a step was not needed, so that a person who looks sees why."""


@dataclass(frozen=True)
class Push:
    """How one kind reaches the provider. ``wanted`` says whether an announced change asks for a push at all.

    ``switch``: the connection's switch that must be on for it; None for what follows from what is there already.
    """

    push: Callable[[Outbound], None]
    switch: str | None
    wanted: Callable[[str], bool] = lambda _entity_id: True


class Gateway(Protocol):
    """One opened connection to the provider's API. Raises Retry (Unclear where one has to look) or Rejected only."""

    def call(self, operation: str, params: Json, *, target: str | None = None, key: str = "") -> Json:
        """Makes one call under idempotency ``key``; the answer is plain JSON, with "_request_id" added."""

    def account(self) -> Account:
        """Who the credentials belong to."""


@dataclass(frozen=True)
class Account:
    """Who a connection's credentials belong to, as the provider says."""

    id: str
    name: str
    livemode: bool


@dataclass(frozen=True)
class Checkout:
    """An opened checkout: where to send the customer, and the provider's ids."""

    session_id: str
    url: str


@dataclass(frozen=True)
class Wallet:
    """What a provider can do with the saved methods of one of its customers; each is asked for by a person who waits.

    ``methods``(gateway, their customer) -> the newest first. ``choose_default`` and ``remove``(gateway, their customer,
    method id, key). ``setup``(gateway, their customer, our customer, success url, cancel url, currency, make default,
    key) -> session id and page. ``portal``(gateway, their customer, return url, key) -> page. All raise Retry or Rejected.
    """

    methods: Callable[[Gateway, str], Sequence[SavedMethod]]
    choose_default: Callable[[Gateway, str, str, str], None]
    remove: Callable[[Gateway, str, str, str], None]
    setup: Callable[[Gateway, str, str, str, str, str, bool, str], tuple[str, str]]
    portal: Callable[[Gateway, str, str, str], str]


@dataclass(frozen=True)
class Registration:
    """A webhook endpoint at the provider; ``secret`` is "" when the provider does not say it again."""

    endpoint_id: str
    secret: str


def _nothing_found(
    _gateway: Gateway, _call: str, _params: Json, _target: str, _since: datetime
) -> Json | None:
    return None


def _no_url(_connection: Json, _kind: Kind, _provider_id: str) -> str:
    return ""


@dataclass(frozen=True)
class Provider:
    """All that FlexSync knows of one provider.

    ``credentials``: the names of the connection's credential fields (public ones first), the secret ones in
    ``secrets``. ``open_webhook``(headers, body, secrets, now) -> Envelope, raises InvalidSignature.
    ``open_gateway``(credentials) -> Gateway. ``routes``: event name -> Route. ``aliases``: other spellings of event
    names. ``names``(payload) -> Names, so that what events name is found for many of them at once.
    ``pushes``: kind -> Push. ``checkout``(outbound, payment id, success url, cancel url) -> Checkout.
    ``wallet``: see Wallet. ``charges_saved_methods``, ``gives_refunds``: whether the push of a payment does what billing's off-session
    payments and pending refunds ask for. ``register_webhook``(gateway, url, endpoint id or "") -> Registration. ``livemode``(credentials) -> bool, raises
    Rejected for credentials that cannot be right. ``object_url``({"livemode", "account_id"}, kind, their id) -> URL.
    ``calls_per_second``(livemode) -> what one account allows, 0 for no limit. ``keys_last``: how long an idempotency
    key surely is remembered, None for ever; after that ``look``(gateway, operation, params, target, since) -> what
    a call without an answer left behind, or None, before it is made again. Raises Rejected when nobody can tell.
    """

    slug: str
    label: str
    api_version: str = ""
    credentials: Sequence[str] = ()
    secrets: frozenset[str] = frozenset()
    routes: Mapping[str, Route] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    names: Callable[[Json], Names] = lambda _payload: Names()
    pushes: Mapping[Kind, Push] = field(default_factory=dict)
    open_webhook: Callable[[Mapping[str, str], bytes, Sequence[str], datetime], Envelope] | None = None
    open_gateway: Callable[[Json], Gateway] | None = None
    checkout: Callable[[Outbound, str, str, str], Checkout] | None = None
    wallet: Wallet | None = None
    charges_saved_methods: bool = False
    gives_refunds: bool = False
    register_webhook: Callable[[Gateway, str, str], Registration] | None = None
    livemode: Callable[[Json], bool] = lambda _credentials: False
    object_url: Callable[[Json, Kind, str], str] = _no_url
    calls_per_second: Callable[[bool], float] = lambda _livemode: 0.0
    keys_last: timedelta | None = None
    look: Callable[[Gateway, str, Json, str, datetime], Json | None] = _nothing_found
