"""What a timeline consists of, and the place of each entry in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class EntryKind(StrEnum):
    """What an entry tells of; payments, refunds, disputes and credit notes are changes of those rows."""

    CHANGE = "change"
    PAYMENT = "payment"
    REFUND = "refund"
    DISPUTE = "dispute"
    CREDIT_NOTE = "credit_note"
    PUSH = "push"
    EVENT = "event"
    CONFLICT = "conflict"
    FINDING = "finding"
    MAPPING = "mapping"
    ALERT = "alert"
    NOTE = "note"


@dataclass(frozen=True, order=True)
class Place:
    """Where an entry stands: by time, then by source (``rank``), then by the source's own ``key``."""

    at: datetime
    rank: int
    key: Any


@dataclass(frozen=True)
class Entry:
    """One thing that happened.

    ``title``, ``who``: in plain words. ``details``: what else there is to say, line by line. ``changes``:
    {column: [before, after]} as in the audit. ``request_id``: FlexSync's; ``provider_request_ids``: the
    provider's. ``about``: the model and the id of the row whose page says more ("integrations.outboundsync").
    """

    place: Place
    kind: EntryKind
    title: str
    who: str = ""
    details: tuple[str, ...] = ()
    changes: Mapping[str, Any] = field(default_factory=dict)
    state: str = ""
    request_id: str = ""
    provider_request_ids: tuple[str, ...] = ()
    about: tuple[str, str] = ("", "")

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.place.at
