"""All pairs of a demand and a fact: money is asked for once, and only what is owed."""

import os
from collections import Counter
from typing import Any

import pytest

from integrations.providers.stripe.tests.money.pairs import all_pairs, by_turns, unhindered
from integrations.providers.stripe.tests.money.trials import Trial, attempt, trials

# `make nightly` plays every pair with webhooks at once, late and lost, each in a world of its own; the suite
# takes one of the three by turns, and plays side by side what can be.
IS_NIGHT = os.environ.get("MONEY_PAIRS") == "all"
TRIALS = (
    [[pair] for pair in (*all_pairs(), *unhindered())] if IS_NIGHT else trials([*by_turns(), *unhindered()])
)


def name(trial: Trial) -> str:
    """Its pair, or the first of them."""
    others = f", and {len(trial) - 1} others" if len(trial) > 1 else ""
    return f"{trial[0]}{others}"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("trial", TRIALS, ids=name)
def test_a_debt_is_asked_for_once(simulator: Any, subtests: pytest.Subtests, trial: Trial) -> None:
    """What fails side by side is played again, each pair alone, and reported by its name."""
    try:
        attempt(simulator, trial)
    except Exception:
        for pair in trial if len(trial) > 1 else []:
            with subtests.test(str(pair)):
                attempt(simulator, [pair])
        raise


def test_every_pair_is_played_once() -> None:
    pairs = [*by_turns(), *unhindered()]
    assert Counter(pair for trial in trials(pairs) for pair in trial) == Counter(pairs)
    assert len({(pair.demand, pair.fact, pair.demand_first) for pair in by_turns()}) == 200
