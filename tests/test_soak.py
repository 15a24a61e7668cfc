"""What `make faults` and `make soak` say must be able to be bad: nothing of it is measured here."""

import random
from collections.abc import Sequence

import pytest

from benchmarks.faults.fault import MOST, Fault, nothing
from benchmarks.faults.verdict import Verdict, judge
from benchmarks.soak.deck import drawn
from benchmarks.soak.latencies import latencies
from benchmarks.soak.memory import Growth, growth
from benchmarks.soak.report import Report

GOOD = Verdict(lost=[], doubled=[])
MINUTES = 10


def looks(first: float, each_minute: float, minutes: float = MINUTES) -> list[tuple[float, float]]:
    """Megabytes, looked at every two seconds."""
    return [(seconds, first + each_minute * seconds / 60) for seconds in range(0, int(minutes * 60), 2)]


def report(
    *,
    verdict: Verdict = GOOD,
    differs: str = "",
    until_normal: Sequence[tuple[str, float]] = (),
    growths: Sequence[Growth] = (),
) -> Report:
    return Report(verdict, differs, until_normal, growths, latencies=[])


class TestAVerdict:
    def test_is_good_where_everything_is_on_both_sides_once(self) -> None:
        assert judge(["in-1", "out-2"], {"in-1": 1, "out-2": 1}, {"in-1": 1, "out-2": 1}) == GOOD

    def test_names_what_is_missing_on_either_side(self) -> None:
        found = judge(["in-1", "out-2", "out-3"], {"out-2": 1, "out-3": 1}, {"in-1": 1, "out-3": 1})
        assert found.lost == ["in-1", "out-2"] and not found.is_good

    def test_names_what_is_there_twice_on_either_side(self) -> None:
        found = judge(["in-1", "out-2"], {"in-1": 2, "out-2": 1}, {"in-1": 1, "out-2": 2})
        assert found.doubled == ["in-1", "out-2"] and not found.is_good

    def test_names_what_was_never_acknowledged_and_came_twice(self) -> None:
        assert judge([], {"in-1": 1}, {"in-1": 2}).doubled == ["in-1"]


class TestMemory:
    def test_is_flat_where_only_the_first_minute_took_more(self) -> None:
        warm = [(at, 50.0 if at < 60 else 90.0 + at % 3) for at, _ in looks(0, 0)]
        found = growth("worker 1", warm)
        assert found.is_flat and found.lived == 598
        assert found.windows == pytest.approx((91, 91, 91), abs=0.1)

    def test_is_flat_where_the_most_that_it_needed_came_later(self) -> None:
        stepped = [(at, 90.0 if at < 200 else 130.0) for at, _ in looks(0, 0)]
        assert growth("worker 1", stepped).is_flat
        assert not growth("worker 1", [(at, 90.0 if at < 500 else 130.0) for at, _ in looks(0, 0)]).is_flat

    def test_is_not_flat_where_it_goes_on_growing(self) -> None:
        found = growth("worker 1", looks(80, each_minute=2))
        assert found.windows == pytest.approx((83, 91, 99), abs=0.1)
        assert not found.is_flat
        assert growth("worker 1", looks(80, each_minute=0.1)).is_flat

    def test_of_a_young_process_says_nothing(self) -> None:
        assert growth("worker 1", looks(80, each_minute=9, minutes=3.9)) == Growth("worker 1", 232, None)
        assert not growth("worker 1", looks(80, each_minute=99, minutes=3.9), scale=0.1).is_flat


class TestLatencies:
    def test_tell_apart_what_met_a_fault(self) -> None:
        timed = [(0.0, 0.1), (5.0, 0.1), (9.0, 4.0), (12.0, 9.0), (30.0, 0.3)]
        calm, all_of_them = latencies("event", timed, [(10.0, 20.0)])
        assert (calm.count, calm.slowest, calm.p50) == (3, 0.3, 0.1)
        assert (all_of_them.count, all_of_them.slowest) == (5, 9.0)


class TestAReport:
    def test_is_good_where_nothing_is_wrong(self) -> None:
        flat = [growth("worker 1", looks(80, 0)), growth("beat 1", looks(80, 50, minutes=1))]
        good = report(until_normal=[("web: kill -9", 3.0)], growths=flat)
        assert good.is_good
        text = "\n".join(good.lines())
        assert "0 lost, 0 doubled, both sides are equal." in text and "WRONG" not in text
        assert (
            "| worker 1 | 10.0 | 80.0 | 80.0 | 80.0 |" in text
            and "| beat 1 | 1.0 | too young | too young | too young |" in text
        )

    @pytest.mark.parametrize(
        ("bad", "line"),
        [
            (report(verdict=Verdict(["in-1"], [])), "1 lost: in-1"),
            (report(verdict=Verdict([], ["out-2"])), "1 doubled: out-2"),
            (report(differs="1 findings are open."), "the sides differ: 1 findings are open."),
            (report(until_normal=[("web: kill -9", MOST)]), "not normal again after web: kill -9"),
            (report(growths=[growth("worker 1", looks(80, 2))]), "worker 1 grew"),
        ],
    )
    def test_is_not_good_where_anything_is(self, bad: Report, line: str) -> None:
        assert not bad.is_good
        assert f"WRONG: {line}" in list(bad.lines())


class TestTheFaults:
    FAULTS = [Fault(f"{part}: kill -9", nothing, ends=part) for part in "abc"] + [Fault("full", nothing)]

    def names(self, seed: int, count: int, *, is_late: bool = False) -> list[str]:
        deck = drawn(self.FAULTS, random.Random(seed), between=Fault("backlog", nothing))
        return [deck(is_late).name for _ in range(count)]

    def test_come_in_the_order_of_the_seed_and_each_before_one_comes_again(self) -> None:
        assert self.names(7, 8) == self.names(7, 8)
        assert len({tuple(self.names(seed, 4)) for seed in range(20)}) > 1
        assert {one.name for one in self.FAULTS} == set(self.names(7, 4)) == set(self.names(7, 8)[4:])

    def test_end_no_process_later_which_begins_with_a_backlog(self) -> None:
        assert self.names(7, 4, is_late=True) == ["backlog", "full", "full", "full"]
