"""What a provider's tests need: a scripted gateway, a connection, and both pipelines without workers."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from billing.events import Kind
from integrations.db.encryption import encrypt, last4
from integrations.inbox import processing
from integrations.models import Connection, InboundEvent, OutboundSync, SigningSecret
from integrations.models.connections import SWITCHES
from integrations.outbox import syncs, worker
from integrations.provider_api import Account, Envelope, Json, Provider, registry
from integrations.webhooks import receive as webhooks
from integrations.webhooks import signing_secrets

Answer = Mapping[str, Any] | Exception | Callable[[Json], Json]


@dataclass(frozen=True)
class Call:
    """One call that reached the gateway."""

    operation: str
    params: Json
    target: str | None
    key: str


@dataclass
class ScriptedGateway:
    """A provider_api.Gateway with ``answers`` by operation: JSON, an exception, or a function of the params.

    A list is used up one by one. An operation without an answer gets {"id": "<operation>_<n>"}. ``calls``
    records what was called.
    """

    answers: dict[str, Answer | list[Answer]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)

    def call(self, operation: str, params: Json, *, target: str | None = None, key: str = "") -> Json:
        """Records the call; returns or raises what the script says."""
        self.calls.append(Call(operation, params, target, key))
        answer = self.answers.get(operation, {"id": target or f"{operation}_{len(self.calls)}"})
        if isinstance(answer, list):
            answer = answer.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return {**(answer(params) if callable(answer) else answer), "_request_id": f"req_{len(self.calls)}"}

    def account(self) -> Account:
        """A test account."""
        return Account(id="acct_test", name="Test", livemode=False)

    def operations(self) -> list[str]:
        """The names of the calls, in order."""
        return [call.operation for call in self.calls]


@contextmanager
def registered(provider: Provider) -> Iterator[Provider]:
    """Registers ``provider`` for the length of the block."""
    registry.add(provider)
    try:
        yield provider
    finally:
        registry.remove(provider.slug)


# The signing secret of a connection that is made here, unless given.
SECRET = "whsec_for_tests"


def make_connection(
    environment_id: str, provider: str, *, on: tuple[str, ...] = SWITCHES, **values: Any
) -> Connection:
    """An active connection with the switches ``on`` (all unless given) and the signing secret ``secret``."""
    secret = values.pop("secret", SECRET)
    values = {"name": f"Test {provider}", "credentials": {"secret_key": "key_for_tests"}} | values
    credentials = values.pop("credentials")
    connection = Connection(
        environment_id=environment_id, provider=provider, **values, **dict.fromkeys(on, True)
    )
    connection.seal(credentials)
    connection.save()
    SigningSecret.objects.create(connection=connection, sealed=encrypt(secret), last4=last4(secret))
    return connection


def store(connection: Connection, envelope: Envelope, now: datetime | None = None) -> InboundEvent:
    """Stores one event, as after its signature was verified, and leaves it waiting; returns its row."""
    return InboundEvent.objects.get(pk=_stored(connection, envelope, now or timezone.now()))


def receive(connection: Connection, envelope: Envelope, now: datetime | None = None) -> InboundEvent:
    """Takes one event the whole way in: stores and processes it; returns its row as it is then."""
    now = now or timezone.now()
    event_id = _stored(connection, envelope, now)
    processing.process(event_id, now)
    return InboundEvent.objects.get(pk=event_id)


def _stored(connection: Connection, envelope: Envelope, now: datetime) -> str:
    """The id of the event's row, which may be an older one; ValueError without a signing secret."""
    address = connection.provider, connection.id
    [key, *_others] = signing_secrets.remembered(*address) or signing_secrets.valid(*address, now)
    event_id, _created = webhooks.store(key, envelope, now)
    return event_id


def push(connection: Connection, kind: Kind, entity_id: str, now: datetime | None = None) -> OutboundSync:
    """Takes one entity the whole way out; returns the sync's row as it is then."""
    now = now or timezone.now()
    with transaction.atomic():
        sync = syncs.stage(connection_id=connection.id, kind=kind, entity_id=entity_id, now=now)
    worker.deliver(sync.id, now=now)
    sync.refresh_from_db()
    return sync
