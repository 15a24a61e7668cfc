"""What a provider lists, page by page, so that all that is there can be brought here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from billing.events import Kind
from integrations.provider_api.clues import Clues
from integrations.provider_api.gateway import Gateway, Json
from integrations.provider_api.inbound import Handler
from integrations.provider_api.outbound import NOTHING


@dataclass(frozen=True)
class Page:
    """Some objects of a list, each with its "id". ``cursor``: of the next page, "" after the last.

    ``newest`` and ``oldest``: when the first and the last of them were made, of a list that is sorted by that
    and can be read by windows; None for others.
    """

    objects: Sequence[Json]
    cursor: str
    newest: datetime | None = None
    oldest: datetime | None = None


@dataclass(frozen=True)
class Window:
    """What was made from ``begin`` on and before ``end``, None for any time."""

    begin: datetime | None = None
    end: datetime | None = None


EVER = Window()


class ReadPage(Protocol):
    """Makes one call; raises Retry or Rejected. ``since``: leaves out, where it can, what was made before.

    ``window``: only what was made in it.
    """

    def __call__(
        self, gateway: Gateway, *, cursor: str, since: datetime | None, window: Window = EVER
    ) -> Page: ...


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One list, all of whose objects are counterparts of rows of ``kind``.

    ``name``: as operators read it, such as "open invoices". ``switch``: the connection's, without which
    nothing of it is brought here. ``handler``(inbound, {"data": {"object"}}) applies an object as handlers of
    events do. ``retrieve``, with ``params``: the operation that reads one object as it is now.
    ``label``(object): what a person knows it by. ``clues``(object) -> Clues, for kinds that may have been on
    both sides before these were connected, None for others. ``given``: the key of a row's metadata that names
    its object. ``is_news``(notes of its mapping, object): whether it says more than is noted, beside the
    fields that are merged. ``is_wanted``(object): whether one without a row is brought here, as far as it
    says so itself; a dry run counts what is not as equal.
    """

    name: str
    kind: Kind
    switch: str
    read: ReadPage
    handler: Handler
    retrieve: str
    params: Json = field(default_factory=lambda: NOTHING)
    label: Callable[[Json], str] = lambda _provider_object: ""
    clues: Callable[[Json], Clues] | None = None
    given: str = ""
    is_news: Callable[[Json, Json], bool] = lambda _notes, _provider_object: False
    is_wanted: Callable[[Json], bool] = lambda _provider_object: True
