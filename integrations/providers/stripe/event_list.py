"""Stripe's list of events (page "List all events"): 30 days, newest first, at most 20 types a call."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.errors import Rejected
from integrations.provider_api import Envelope, EventList, EventPage, Gateway
from integrations.providers.stripe.event_body import envelope

PAGE = 100
KEPT = timedelta(days=30)
# The list is eventually consistent; how late an event may be is written nowhere. Minutes have been seen.
LATE = timedelta(minutes=5)
MOST_TYPES = 20


def page(gateway: Gateway, *, types: Sequence[str], since: datetime, cursor: str) -> EventPage:
    """One page, in the account's API version; Stripe refuses a ``cursor`` that is older than its list."""
    params: dict[str, Any] = {
        "types": list(types), "created": {"gte": int(since.timestamp())}, "limit": PAGE
    }  # fmt: skip
    answer = gateway.call("events.list", params | ({"starting_after": cursor} if cursor else {}))
    listed: list[Mapping[str, Any]] = answer["data"]
    events, unreadable = [], []
    for event in listed:
        try:
            events.append(_envelope(event))
        except Rejected as refusal:
            unreadable.append(f"{event.get('id')}: {refusal}")
    return EventPage(events, str(listed[-1]["id"]) if answer["has_more"] and listed else "", unreadable)


def newest(gateway: Gateway) -> datetime | None:
    """When the newest event was created."""
    listed = gateway.call("events.list", {"limit": 1})["data"]
    return datetime.fromtimestamp(listed[0]["created"], UTC) if listed else None


def _envelope(event: Mapping[str, Any]) -> Envelope:
    """Read as the body of a webhook is."""
    return envelope(json.dumps(event).encode(), 0)


EVENT_LIST = EventList(page=page, newest=newest, kept=KEPT, late=LATE, most_types=MOST_TYPES)
