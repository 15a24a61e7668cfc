"""Waits double, stay bounded, spread, and are never shorter than the provider asked for."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as some

from integrations.gateway.backoff import MAX_WAIT_SECONDS, wait

attempts = some.integers(1, 10_000)
spreads = some.floats(0, 1)


@given(attempts, spreads)
def test_stays_between_half_and_all_of_the_doubled_wait(attempt, spread):
    full = wait(attempt, first=2, spread=0)
    assert full / 2 <= wait(attempt, first=2, spread=spread) <= full <= MAX_WAIT_SECONDS


@given(attempts, spreads, some.floats(0, 1e6))
def test_is_never_shorter_than_the_provider_asked_for(attempt, spread, after):
    assert wait(attempt, first=2, spread=spread, after=after) >= after


def test_doubles():
    waits = [wait(attempt, first=2, spread=0) for attempt in range(1, 11)]
    assert waits[0] == 2
    assert all(later == 2 * earlier for earlier, later in pairwise(waits))
