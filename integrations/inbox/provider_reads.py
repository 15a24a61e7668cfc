"""What a handler has to read from the provider to apply an event: fetched between two transactions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from integrations.errors import Missing, Retry
from integrations.gateway.guarded import GuardedGateway
from integrations.models import Connection
from integrations.models.outbound import Priority
from integrations.provider_api import Json

# A handler that needs more for one event waits for its next attempt: some of it may be here by then.
MAX_QUERIES = 20


@dataclass(frozen=True)
class Query:
    """One call that reads: ``params`` are kept as JSON, so that equal queries are equal.

    ``known``: what was known of the object by then; the call is made again where that is not so any more.
    ``needed_at``: before it is made.
    """

    operation: str
    target: str
    params: str = "{}"
    known: str = ""
    needed_at: datetime = field(default_factory=timezone.now, compare=False)

    @classmethod
    def of(cls, operation: str, target: str, params: Json, *, known: str = "") -> "Query":
        return cls(operation, target, json.dumps(dict(params), sort_keys=True), known)


Response = Json | Missing
Responses = Mapping[Query, Response]


class ResponseNeeded(Retry):
    """The handler needs a response that was not fetched yet: fetch it, then apply the event again with it."""

    def __init__(self, query: Query) -> None:
        of = f" for {query.target}" if query.target else ""
        super().__init__(f"Needs the provider's response to {query.operation}{of}.")
        self.query = query


def too_many(query: Query) -> Retry:
    """The failure of an event after MAX_QUERIES responses, when ``query`` would be one more."""
    return Retry(
        f"The event needs more than {MAX_QUERIES} responses of the provider at once; the next would be to"
        f" {query.operation} {query.target}".rstrip()
        + "."
    )


def fetch(connection: Connection, query: Query, priority: Priority = Priority.WEBHOOK) -> Response:
    """The provider's response, or that it has no such object; call it outside any transaction.

    Raises Retry or Rejected.
    """
    gateway = GuardedGateway(connection, priority)
    try:
        return gateway.call(query.operation, json.loads(query.params), target=query.target or None)
    except Missing as missing:
        return missing
