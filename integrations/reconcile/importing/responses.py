"""What the objects of a page need to be read for them, several at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.db import connections

from integrations.errors import SyncError
from integrations.inbox import provider_reads
from integrations.inbox.provider_reads import Query, Response
from integrations.models import Connection
from integrations.models.outbound import Priority
from integrations.reconcile.paging.patience import patiently

# How many calls are made at once: a page may need one for each of its objects.
AT_ONCE = 8


def fetch(connection: Connection, query: Query) -> Response:
    """One response, at leisure; raises Retry or Rejected."""
    return patiently(lambda: provider_reads.fetch(connection, query, Priority.BACKFILL))


class Read:
    """Responses, and which of them each event has asked for, by its id."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._asked: defaultdict[str, set[Query]] = defaultdict(set)
        self.responses: dict[Query, Response] = {}

    def of(self, event_id: str) -> dict[Query, Response]:
        """The responses to what that event has asked for."""
        return {query: self.responses[query] for query in self._asked[event_id] & self.responses.keys()}

    def fetch(self, asked: Mapping[str, Query]) -> set[str]:
        """Reads what events ask for; returns those that have a response they had not."""
        new = {id: query for id, query in asked.items() if query not in self._asked[id]}
        for id, query in new.items():
            self._asked[id].add(query)
        self.responses |= _several(self._connection, set(new.values()) - self.responses.keys())
        return {id for id, query in new.items() if query in self.responses}


def _several(connection: Connection, queries: Collection[Query]) -> dict[Query, Response]:
    """The responses that come; what fails is left out."""
    if not queries:
        return {}
    with ThreadPoolExecutor(min(AT_ONCE, len(queries))) as pool:
        found = list(pool.map(partial(_one, connection), queries))
    return {query: response for query, response in zip(queries, found, strict=True) if response is not None}


def _one(connection: Connection, query: Query) -> Response | None:
    try:
        return fetch(connection, query)
    except SyncError:
        return None
    finally:
        connections.close_all()
