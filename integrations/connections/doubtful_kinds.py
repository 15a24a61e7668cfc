"""Of which kinds the provider may have counterparts that nobody here knows of: noted on the connection."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection as database

from billing.events import Kind
from billing.persistence.tables import MODELS
from integrations.models import Connection, EntityMapping
from integrations.provider_api import registry

_TABLE = Connection._meta.db_table
_NOTE = f"UPDATE {_TABLE} SET doubts = doubts || %s::jsonb WHERE id = %s"
_END = f"UPDATE {_TABLE} SET doubts = doubts - %s::text[] WHERE id = %s"
# What is sent for rows of the others is sent after one of these.
OWN = (Kind.CUSTOMER, Kind.PLAN, Kind.PRICE, Kind.SUBSCRIPTION, Kind.INVOICE)


EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Doubt:
    """Of rows made ``before``: a counterpart may have been made ``since``.

    ``named``: the provider's ids of unlinked objects by the rows that they name, None unless all were read.
    ``is_long``: they are too many for that. ``alike``: the provider's ids of customers that name no row, by
    e-mail addresses that rows here have.
    """

    since: datetime
    before: datetime
    named: Mapping[str, str] | None = None
    is_long: bool = False
    alike: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def is_first(self) -> bool:
        """Whether nothing is known of what the account had before the connection."""
        return self.since == EVER

    def as_json(self) -> dict[str, Any]:
        """For the column."""
        times = {"since": self.since.isoformat(), "before": self.before.isoformat()}
        return {**times, "named": self.named, "is_long": self.is_long, "alike": self.alike}


def of(connection: Connection, kind: str) -> Doubt | None:
    """The doubt about a kind, None for none."""
    if (found := connection.doubts.get(kind)) is None:
        return None
    times = {name: datetime.fromisoformat(found[name]) for name in ("since", "before")}
    return Doubt(**times, named=found["named"], is_long=found["is_long"], alike=found.get("alike", {}))


def note(connection: Connection, kind: Kind, doubt: Doubt) -> None:
    """Stores the doubt; ends it where nothing that was read names a row, or may be one."""
    if doubt.named == {} and not doubt.alike:
        end(connection, [kind])
        return
    connection.doubts = {**connection.doubts, kind.value: doubt.as_json()}
    with database.cursor() as cursor:
        cursor.execute(_NOTE, [json.dumps({kind.value: doubt.as_json()}), connection.pk])


def end(connection: Connection, kinds: Iterable[str]) -> None:
    """Nothing is unknown of these kinds any more."""
    ended = [str(kind) for kind in kinds]
    connection.doubts = {name: doubt for name, doubt in connection.doubts.items() if name not in ended}
    with database.cursor() as cursor:
        cursor.execute(_END, [ended, connection.pk])


def begin(connection: Connection, now: datetime, *, since: datetime, kinds: Iterable[str]) -> None:
    """Doubts these kinds, as far as their rows are older than ``now``."""
    doubt = Doubt(since, now).as_json()
    connection.doubts = {str(kind): doubt for kind in kinds}
    connection.save(update_fields=["doubts", "updated_at"])


def begin_new(connection: Connection, now: datetime) -> None:
    """Rows from before the connection may have been sent through one that is known no more.

    Unless it has taken over the links of the one before it.
    """
    if EntityMapping.objects.filter(connection=connection).exists():
        return
    rows = {"environment_id": connection.environment_id}
    pushes = registry.provider(connection.provider).pushes
    kinds = [kind for kind in OWN if kind in pushes and MODELS[kind]._default_manager.filter(**rows).exists()]
    if kinds:
        begin(connection, now, since=EVER, kinds=kinds)
