"""Without faults, each object that was changed on a side costs one call, and an echo costs none."""

from typing import Any

import pytest
from hypothesis.stateful import rule

from integrations.providers.stripe.tests.two_writers.histories.editing import Editing
from integrations.providers.stripe.tests.two_writers.histories.rest import come_to_rest, settle
from integrations.providers.stripe.tests.two_writers.histories.runs import EXAMPLES, run

# How many acts the histories of each part have.
LENGTHS = (3, 8)


class Rounds(Editing):
    """Edits on both sides, then everything is delivered in any order, and so on."""

    known = 1.0

    @rule()
    def all_is_delivered(self) -> None:
        before = self._calls()
        changed = self.world.changed_sides()
        settle(self.world, self.chance)
        made = self._calls()[len(before) :]
        assert len(made) <= len(changed), (changed, made)
        self._deliver_again()

    def _deliver_again(self) -> None:
        """Each event comes again, and is replayed by an operator: nothing is sent, and nothing changes."""
        before, here = self._calls(), self.thing.here()
        for arrival in list(self.world.arrived.values()):
            self.world.store(arrival)
        assert not self.world.open_events() and not self.world.open_syncs()
        self.world.replay(self.chance)
        settle(self.world, self.chance)
        made = self._calls()[len(before) :]
        assert [call for call in made if not call.endswith("retrieve")] == []
        assert self.thing.here() == here

    def _calls(self) -> list[str]:
        """FlexSync's calls so far."""
        return self.world.calls


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("length", LENGTHS)
def test_each_change_costs_one_call(simulator: Any, length: int) -> None:
    def end(history: Editing) -> None:
        assert isinstance(history, Rounds)
        history.all_is_delivered()
        come_to_rest(history.world, history.chance)

    run(simulator, Rounds, end, length=length, examples=EXAMPLES // 4 // len(LENGTHS))
