"""All single faults: each fault once, at each call of each push."""

from typing import Any

import pytest

from integrations.providers.stripe.tests.faults.everything import EVERYTHING
from integrations.providers.stripe.tests.faults.injection import FAULTS
from integrations.providers.stripe.tests.faults.scenarios import Scenario
from integrations.providers.stripe.tests.faults.trials import attempt, calls_of


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scenario", EVERYTHING, ids=lambda scenario: scenario.name)
def test_after_each_fault_every_object_exists_once(simulator: Any, scenario: Scenario) -> None:
    for nth in range(1, calls_of(simulator, scenario) + 1):
        for fault in FAULTS:
            attempt(simulator, scenario, [(fault, nth)])
