"""Pages are read ahead, by one reader while that is enough, and by several where pages are awaited."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from integrations.provider_api import Page
from integrations.reconcile.paging import ahead
from integrations.reconcile.paging.ahead import Ahead, Read
from integrations.reconcile.paging.spans import Span, Spans

NOW = datetime(2026, 11, 29, tzinfo=UTC)


class List:
    """A list of objects, ten minutes apart, the newest first; ``slow``: seconds that a page takes."""

    def __init__(self, number, slow=0.0, size=10):
        self.made = [NOW - timedelta(minutes=10 * index) for index in range(number)]
        self.slow, self.size = slow, size
        self.calls, self.reading, self.at_once = 0, 0, 0

    def read_of(self, window):
        shown = [
            index
            for index, at in enumerate(self.made)
            if (window.begin is None or at >= window.begin) and (window.end is None or at < window.end)
        ]

        def read(cursor):
            self.calls, self.reading = self.calls + 1, self.reading + 1
            self.at_once = max(self.at_once, self.reading)
            time.sleep(self.slow)
            self.reading -= 1
            left = [index for index in shown if not cursor or index > int(cursor)]
            page, more = left[: self.size], left[self.size :]
            times = [self.made[page[index]] for index in (0, -1)] if page else []
            objects = [{"id": str(index)} for index in page]
            return Read(Page(objects, str(page[-1]) if more else "", *times), NOW, cursor)

        return read


def applied(found, spans=(), *, upto=None, seconds=0.0, is_over=lambda: False):
    """Applies pages, each for so long; returns the ids, and what is left."""
    reading, ids = Ahead(found.read_of, Spans(spans), is_over=is_over), []
    left = list(spans)
    for read in reading.pages():
        time.sleep(seconds)
        ids += [int(one["id"]) for one in read.page.objects]
        left = [Span.of(span.saved()) for span in reading.left(read)]
        if upto is not None and len(ids) >= upto:
            break
    return ids, left


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(ahead, "AHEAD", 10)


class TestAList:
    @pytest.mark.parametrize("number", [0, 1, 10, 11, 35, 400])
    @pytest.mark.parametrize("slow", [0.0, 0.005])
    def test_is_read_whole_and_once(self, number, slow):
        ids, left = applied(List(number, slow))
        assert (sorted(ids), left) == (list(range(number)), [])

    def test_is_read_by_one_reader_while_nobody_waits_for_it(self):
        found = List(400)
        applied(found, seconds=0.005)
        assert (found.at_once, found.calls) == (1, 40)

    def test_is_read_by_several_where_pages_are_awaited(self):
        found = List(1000, slow=0.02)
        ids, _ = applied(found)
        assert sorted(ids) == list(range(1000))
        assert found.at_once == ahead.READERS
        # Where a part ends, a page may be not full.
        assert found.calls <= 100 * 1.2

    @pytest.mark.parametrize("upto", [10, 130, 240, 390])
    def test_goes_on_where_what_was_applied_ends(self, upto):
        first, left = applied(List(400, 0.005), upto=upto)
        rest, left = applied(List(400, 0.005), left)
        assert (sorted(first + rest), left) == (list(range(400)), [])

    def test_leaves_nothing_that_was_read_when_its_time_is_over(self):
        found = List(400, 0.005)
        ids, left = applied(found, seconds=0.005, is_over=lambda: found.calls > 20)
        rest = List(400)
        more, _ = applied(rest, left)
        assert sorted(ids + more) == list(range(400))
        assert found.calls + rest.calls <= 41 + len(left)
        assert len(ids) >= 200

    def test_reads_a_page_however_short_its_time_is(self):
        ids, left = applied(List(400), is_over=lambda: True)
        assert len(ids) >= 10
        assert left

    def test_whose_objects_were_made_at_once_is_read_whole(self):
        found = List(400, 0.005)
        found.made = [NOW] * 400
        assert sorted(applied(found)[0]) == list(range(400))

    def test_that_cannot_be_read_raises_why(self):
        def read(cursor):
            raise ValueError(cursor)

        with pytest.raises(ValueError, match=r"c1"):
            list(ahead.pages(read, "c1"))


class TestASpan:
    def test_is_kept_as_json(self):
        spans = Spans([])
        spans.take()
        spans.cut(0, NOW)
        left = spans.after(0, "cus_1")
        assert [span.saved() for span in left] == [
            {"begin": NOW.isoformat(), "end": None, "cursor": "cus_1"},
            {"begin": None, "end": NOW.isoformat(), "cursor": ""},
        ]
        assert [Span.of(span.saved()) for span in left] == left
