"""Pages of a list, read ahead while others are applied: by more readers where whoever applies them waits."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from queue import Empty, Full, Queue
from threading import Event, Thread

from django.db import connections

from integrations.provider_api import Page, Window
from integrations.reconcile.paging.spans import Span, Spans

# Pages that wait to be applied, and seconds after which a thread looks whether they still will be.
MOST, LOOKS_EVERY = 4, 0.2
# How many read at once. Each reads at least PATIENCE pages before it leaves what is more than AHEAD pages
# further on to another one: a part may end with a page that is not full.
READERS, PATIENCE, AHEAD = 4, 3, 20
# Times of objects have this resolution.
TICK = timedelta(seconds=1)
# Nothing was made before.
EARLIEST = datetime.fromtimestamp(0, tz=UTC)


@dataclass(frozen=True)
class Read:
    """A page, and when it was asked for; ``cursor``: where it begins; ``span``: of which it is."""

    page: Page
    asked_at: datetime
    cursor: str
    span: int = 0


# Reads the page that begins at a cursor, of the objects of a window.
ReadAt = Callable[[str], Read]
ReadOf = Callable[[Window], ReadAt]


def pages(read: ReadAt, cursor: str) -> Iterator[Read]:
    """All pages from ``cursor`` on, by one reader; raises what a call raises."""
    return Ahead(lambda _window: read, Spans([Span(cursor=cursor)]), readers=1).pages()


class Ahead:
    """Reads the spans of a list. ``is_over``: whether nothing more is to be read."""

    def __init__(
        self,
        read_of: ReadOf,
        spans: Spans,
        *,
        readers: int = READERS,
        is_over: Callable[[], bool] = lambda: False,
    ) -> None:
        self._read_of, self._spans, self._most, self._is_over = read_of, spans, readers, is_over
        self._found: Queue[Read | Exception] = Queue(MOST)
        self._readers: list[Thread] = []
        # Nothing more is applied; and a page is awaited.
        self._stopped, self._awaited = Event(), Event()

    def pages(self) -> Iterator[Read]:
        """All pages, or those that were read when it was over, and at least one; raises what a call raises.

        Whoever asks for the next one has applied the last.
        """
        self._start_readers()
        try:
            while (one := self._next()) is not None:
                if isinstance(one, Exception):
                    raise one
                yield one
                if not self._spans.advance(one.span, one.page.cursor):
                    return
                self._go_on()
        finally:
            self._stopped.set()
            for reader in self._readers:
                reader.join()

    def left(self, read: Read) -> list[Span]:
        """What is left once that page is applied."""
        return self._spans.after(read.span, read.page.cursor)

    def _next(self) -> Read | Exception | None:
        self._awaited.set()
        while True:
            is_read = any(reader.is_alive() for reader in self._readers)
            try:
                one = self._found.get(timeout=LOOKS_EVERY)
            except Empty:
                if not is_read and not self._go_on():
                    return None
                continue
            self._awaited.clear()
            return one

    def _go_on(self) -> bool:
        """Lets spans that nobody reads be read, until it is over; tells whether any is read."""
        if not self._is_over():
            self._start_readers()
        return any(reader.is_alive() for reader in self._readers)

    def _start_readers(self) -> None:
        """As many as there are spans that nobody reads."""
        self._readers = [reader for reader in self._readers if reader.is_alive()]
        while len(self._readers) < self._most and (number := self._spans.take()) is not None:
            reader = Thread(target=self._read, args=(number,), daemon=True)
            self._readers.append(reader)
            reader.start()

    def _read(self, number: int) -> None:
        try:
            self._read_span(number)
        except Exception as failure:  # noqa: BLE001 - whoever waits for the page raises it
            self._put(failure)
        finally:
            connections.close_all()

    def _read_span(self, number: int) -> None:
        span = self._spans.get(number)
        read, cursor, count = self._read_of(span.window), span.cursor, 0
        while not self._stopped.is_set():
            one = read(cursor)
            count += 1
            if one.page.cursor and count >= PATIENCE and self._is_slow() and self._cut(number, one.page):
                read = self._read_of(self._spans.get(number).window)
            self._put(Read(one.page, one.asked_at, one.cursor, number))
            cursor = one.page.cursor
            if not cursor or self._is_over():
                return

    def _is_slow(self) -> bool:
        """Whether pages are awaited, and could come faster."""
        return self._awaited.is_set() and self._found.empty() and len(self._readers) < self._most

    def _cut(self, number: int, page: Page) -> bool:
        """Leaves what is far from the page to another reader, by how long it took to make its objects."""
        if page.newest is None or page.oldest is None:
            return False
        at = page.oldest - AHEAD * max(page.newest - page.oldest, TICK)
        if at <= (self._spans.get(number).window.begin or EARLIEST):
            return False
        self._spans.cut(number, at)
        return True

    def _put(self, one: Read | Exception) -> None:
        while not self._stopped.is_set():
            try:
                self._found.put(one, timeout=LOOKS_EVERY)
            except Full:
                continue
            return
