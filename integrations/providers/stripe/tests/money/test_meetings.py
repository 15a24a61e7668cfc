"""A fact meets a demand in the middle of one of its calls: nothing known to be settled is asked for."""

import os
from typing import Any

import pytest

from integrations.providers.stripe.tests.money.meetings import Meeting, all_meetings, play

# `make nightly` plays all of them, the suite some of each kind.
EVERY = 1 if os.environ.get("MONEY_PAIRS") == "all" else 37


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("meeting", all_meetings()[::EVERY], ids=str)
def test_a_debt_is_asked_for_once(simulator: Any, meeting: Meeting) -> None:
    play(simulator, meeting)
