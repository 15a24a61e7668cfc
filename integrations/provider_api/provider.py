"""What a provider is: one frozen record of functions, found under providers/ and called by all the rest."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from billing.events import Kind
from integrations.provider_api.comparing import Comparable
from integrations.provider_api.diagnosis import Diagnosis
from integrations.provider_api.event_lists import EventList
from integrations.provider_api.gateway import Gateway, Json
from integrations.provider_api.inbound import Names, Observer, Route
from integrations.provider_api.invoice_limits import InvoiceLimits
from integrations.provider_api.links import Linkable
from integrations.provider_api.listing import Listing
from integrations.provider_api.merging import Mergeable
from integrations.provider_api.outbound import Outbound, Push
from integrations.provider_api.payment_methods import PaymentMethods
from integrations.provider_api.payments import Payments
from integrations.provider_api.recovery import Recovery
from integrations.provider_api.webhooks import Webhooks


def _of_this_account(_payload: Json, _account_id: str) -> str:
    return ""


def _no_url(_connection: Json, _kind: Kind, _provider_id: str) -> str:
    return ""


@dataclass(frozen=True)
class Provider:
    """All that FlexSync knows of one provider.

    ``credentials``: the names of the connection's credential fields (public ones first), the secret ones in
    ``secrets``; ``secret_beginnings``: patterns of what the values of secrets begin with, so that logs mask
    the rest. ``livemode``(credentials) -> bool, raises Rejected for credentials that cannot be right.
    ``open_gateway``(credentials) -> Gateway. ``calls_per_second``(livemode) -> what one account allows, 0 for
    no limit. ``object_url``({"livemode", "account_id"}, kind, the provider's id) -> the object's page, "" for
    none. ``webhooks``, with ``routes``: event name -> Route, ``aliases``: other spellings of event names,
    ``foreign``(payload, the connection's account_id) -> why the event is of another account, "" when it is
    not, ``is_own``(payload) -> whether a call of FlexSync's caused the event, ``names``(payload) -> Names, so
    that what events name is found for many of them at once.
    ``event_list``: how events are listed again, None where they are not. ``diagnosis``: what a doctor asks.
    ``observers``: kind -> Observer, for what answers to calls show. ``mergeables``: kind -> Mergeable, for
    what both sides edit. ``pushes``: kind -> Push. ``refreshes``: kind -> a function like a push that reads
    the object and observes the answer, for what events leave out. ``links``: kind -> Linkable, for what
    persons may link by hand. ``listings``: what can be brought here whole, in the order in which the kinds
    depend on each other; ``comparables``: what can be compared whole. ``recovery``: what happens after a call
    whose answer was lost. ``invoice_limits``: what it cannot take of an invoice, None for no limits.
    ``payments`` and ``payment_methods``: what persons may ask of it about money.
    """

    slug: str
    label: str
    api_version: str = ""
    credentials: Sequence[str] = ()
    secrets: frozenset[str] = frozenset()
    secret_beginnings: Sequence[str] = ()
    livemode: Callable[[Json], bool] = lambda _credentials: False
    open_gateway: Callable[[Json], Gateway] | None = None
    calls_per_second: Callable[[bool], float] = lambda _livemode: 0.0
    object_url: Callable[[Json, Kind, str], str] = _no_url
    webhooks: Webhooks | None = None
    routes: Mapping[str, Route] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    event_list: EventList | None = None
    diagnosis: Diagnosis = field(default_factory=Diagnosis)
    observers: Mapping[Kind, Observer] = field(default_factory=dict)
    foreign: Callable[[Json, str], str] = _of_this_account
    is_own: Callable[[Json], bool] = lambda _payload: False
    names: Callable[[Json], Names] = lambda _payload: Names()
    mergeables: Mapping[Kind, Mergeable] = field(default_factory=dict)
    pushes: Mapping[Kind, Push] = field(default_factory=dict)
    refreshes: Mapping[Kind, Callable[[Outbound], None]] = field(default_factory=dict)
    links: Mapping[Kind, Linkable] = field(default_factory=dict)
    listings: Sequence[Listing] = ()
    comparables: Sequence[Comparable] = ()
    recovery: Recovery = field(default_factory=Recovery)
    payments: Payments = field(default_factory=Payments)
    invoice_limits: InvoiceLimits | None = None
    payment_methods: PaymentMethods | None = None
