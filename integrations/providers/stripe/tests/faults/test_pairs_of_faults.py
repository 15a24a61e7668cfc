"""Random pairs of faults, one after the other; `make nightly` tries 2,000 of them."""

import os
from random import Random
from typing import Any

import pytest

from integrations.providers.stripe.tests.faults.everything import EVERYTHING
from integrations.providers.stripe.tests.faults.injection import FAULTS
from integrations.providers.stripe.tests.faults.trials import attempt, calls_of

PAIRS = int(os.environ.get("FAULT_PAIRS", "8"))
SEED = int(os.environ.get("FAULT_SEED", "1"))
PARTS = 4


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("part", range(PARTS))
def test_after_two_faults_every_object_exists_once(simulator: Any, part: int) -> None:
    chance = Random(f"{SEED}-{part}")
    for _ in range(PAIRS // PARTS):
        scenario = chance.choice(EVERYTHING)
        most = calls_of(simulator, scenario)
        faults = [(chance.choice(FAULTS), chance.randint(1, most)) for _ in range(2)]
        try:
            attempt(simulator, scenario, faults)
        except BaseException as failure:
            failure.add_note(f"Again: FAULT_SEED={SEED} FAULT_PAIRS={PAIRS}")
            raise
