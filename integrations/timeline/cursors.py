"""Where a page of a timeline ends, as text that the next page begins with."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from billing.errors import Invalid
from integrations.timeline.entries import Place

RowT = TypeVar("RowT", bound=Model)


@dataclass(frozen=True)
class Page:
    """The ``limit`` entries after ``before``, or the newest ones."""

    limit: int
    before: Place | None = None

    def of(self, rows: QuerySet[RowT], rank: int, at: str) -> list[RowT]:
        """The rows of one source that may be on the page, newest first; ``at``: the column of their time."""
        return list(rows.filter(self._is_older(rank, at)).order_by(f"-{at}", "-pk")[: self.limit])

    def has(self, place: Place) -> bool:
        """Whether an entry at that place is after ``before``."""
        return self.before is None or place < self.before

    def _is_older(self, rank: int, at: str) -> Q:
        before = self.before
        if before is None:
            return Q()
        older = Q(**{f"{at}__lt": before.at})
        if rank < before.rank:
            return older | Q(**{at: before.at})
        if rank == before.rank:
            return older | Q(**{at: before.at, "pk__lt": before.key})
        return older


def text_of(place: Place) -> str:
    """The place as text without spaces."""
    parts = json.dumps([place.at.isoformat(), place.rank, place.key])
    return base64.urlsafe_b64encode(parts.encode()).decode().rstrip("=")


def place_of(text: str) -> Place:
    """The place that ``text_of`` has written; raises Invalid for any other text."""
    try:
        padded = text + "=" * (-len(text) % 4)
        at, rank, key = json.loads(base64.urlsafe_b64decode(padded))
        place = Place(
            datetime.fromisoformat(at), _number(rank), key if isinstance(key, str) else _number(key)
        )
    except (ValueError, TypeError, binascii.Error):
        raise Invalid.of({"before": "Send the `next` of an earlier page."}) from None
    if place.at.tzinfo is None or "\0" in str(place.key):
        raise Invalid.of({"before": "Send the `next` of an earlier page."})
    return place


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**63:
        raise ValueError(value)
    return value
