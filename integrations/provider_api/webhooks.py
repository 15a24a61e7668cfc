"""How a provider sends events: its messages opened and verified, its endpoint registered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from integrations.provider_api.gateway import Gateway, Json


@dataclass(frozen=True)
class Envelope:
    """A verified message of the provider, opened just far enough to store it.

    ``event_id`` is unique for each account; ``object_id`` names the object that the event is about ("" when
    unknown); ``created`` is the provider's own time; ``secret_index`` says which of the given secrets
    verified it; ``text`` is the payload's JSON, where it came as such and PostgreSQL takes it.
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
class Registration:
    """A webhook endpoint at the provider; ``secret`` is "" when the provider does not show it again."""

    endpoint_id: str
    secret: str


@dataclass(frozen=True)
class Endpoint:
    """What the provider has registered; ``events``: their types. ``api_version``: "" for the account's.

    ``notes``: what is noted beside it there.
    """

    endpoint_id: str
    url: str
    is_enabled: bool
    events: frozenset[str]
    api_version: str
    notes: Mapping[str, str] = field(default_factory=dict)


class FindEndpoint(Protocol):
    """The endpoint with ``endpoint_id``, or else one whose address ``leads_here``; None for none."""

    def __call__(
        self, gateway: Gateway, /, *, leads_here: Callable[[str], bool], endpoint_id: str
    ) -> Endpoint | None: ...


# (headers, body, signing secrets, now) -> Envelope; raises InvalidSignature, or Rejected for what is no
# event.
OpenWebhook = Callable[[Mapping[str, str], bytes, Sequence[str], datetime], Envelope]


class RegisterWebhook(Protocol):
    """Creates the endpoint at the provider, or repairs the one with ``endpoint_id`` ("" for none)."""

    def __call__(self, gateway: Gateway, /, *, url: str, endpoint_id: str) -> Registration: ...


class AnnotateEndpoint(Protocol):
    """Adds notes to those of the endpoint and removes others, in one call; returns all that it has then.

    Names have at most 40 characters. Raises Retry or Rejected.
    """

    def __call__(
        self, gateway: Gateway, /, *, endpoint_id: str, added: Mapping[str, str], removed: Sequence[str]
    ) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class Webhooks:
    """``register``: None where the endpoint can only be registered by hand, on the provider's own pages.

    ``find``: None where it cannot be looked at. ``annotate``: None where nothing can be noted beside it.
    """

    open: OpenWebhook
    register: RegisterWebhook | None = None
    find: FindEndpoint | None = None
    annotate: AnnotateEndpoint | None = None
