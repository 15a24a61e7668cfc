"""Two persons edit at random, whatever webhooks and pushes do: both sides end the same, no edit is lost."""

from typing import Any

import pytest

from integrations.providers.stripe.tests.two_writers.histories.acts import Acts
from integrations.providers.stripe.tests.two_writers.histories.editing import Editing
from integrations.providers.stripe.tests.two_writers.histories.rest import come_to_rest
from integrations.providers.stripe.tests.two_writers.histories.runs import EXAMPLES, run

# How many acts the histories of each part have.
LENGTHS = (3, 6, 12, 20)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("length", LENGTHS)
def test_no_edit_is_lost(simulator: Any, length: int) -> None:
    def end(history: Editing) -> None:
        come_to_rest(history.world, history.chance)

    run(simulator, Acts, end, length=length, examples=EXAMPLES // len(LENGTHS))
