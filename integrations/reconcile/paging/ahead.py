"""Pages of a list, read ahead in a thread while others are applied."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from queue import Full, Queue
from threading import Event, Thread

from django.db import connections

from integrations.provider_api import Page

# Pages that wait to be applied, and seconds after which the thread looks whether they still will be.
MOST, LOOKS_EVERY = 3, 0.2


@dataclass(frozen=True)
class Read:
    """A page, and when it was asked for; ``cursor``: where it begins."""

    page: Page
    asked_at: datetime
    cursor: str


ReadAt = Callable[[str], Read]


def pages(read: ReadAt, cursor: str) -> Iterator[Read]:
    """All pages from ``cursor`` on; raises what a call raises."""
    found: Queue[Read | Exception] = Queue(MOST)
    stopped = Event()
    reader = Thread(target=_fill, args=(read, cursor, found, stopped), daemon=True)
    reader.start()
    try:
        while True:
            one = found.get()
            if isinstance(one, Exception):
                raise one
            yield one
            if not one.page.cursor:
                return
    finally:
        stopped.set()
        reader.join()


def _fill(read: ReadAt, cursor: str, found: "Queue[Read | Exception]", stopped: Event) -> None:
    try:
        while not stopped.is_set():
            one = read(cursor)
            _put(one, found, stopped)
            cursor = one.page.cursor
            if not cursor:
                return
    except Exception as failure:  # noqa: BLE001 - whoever waits for the page raises it
        _put(failure, found, stopped)
    finally:
        connections.close_all()


def _put(one: "Read | Exception", found: "Queue[Read | Exception]", stopped: Event) -> None:
    while not stopped.is_set():
        try:
            found.put(one, timeout=LOOKS_EVERY)
        except Full:
            continue
        return
