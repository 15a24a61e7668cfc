"""Two persons edit few fields of one object, so that they often meet."""

from collections.abc import Sequence
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from integrations.providers.stripe.tests.two_writers.histories.fields import Field
from integrations.providers.stripe.tests.two_writers.histories.kind import HERE, THERE, EditedKind
from integrations.providers.stripe.tests.two_writers.histories.world import World

OWNERS = ("flexsync", "provider", "newest", "")
# Within one second, a moment later, within the time by which clocks may differ, later than that.
PAUSES = st.sampled_from([0, 0, 0, 1, 30, 90])
# One draw for all of a history's: what is asked of it depends on moments, which no second run has again.
CHANCES = st.integers(0, 2**64 - 1).map(Random)


class Editing(RuleBasedStateMachine):
    """The object begins on either side; mostly, it is on both before anyone edits it."""

    world: World
    kinds: Sequence[EditedKind]
    chance: Random
    # How often it is on both sides from the start.
    known = 0.8

    @initialize(owner=st.sampled_from(OWNERS), begins=st.sampled_from([HERE, THERE]), chance=CHANCES)
    def opens(self, owner: str, begins: str, chance: Random) -> None:
        self.chance = chance
        self.world.own(owner)
        self.world.tell(f"owner: {owner or 'as the switches say'}")
        of = chance.choice(self.kinds)
        self._specs = chance.sample(list(of.fields), min(chance.choice([1, 2, 3, 8]), len(of.fields)))
        side = begins if begins in of.begins else of.begins[0]
        self.thing = self.world.begin_here(of) if side == HERE else self.world.begin_there(of)
        if chance.random() < self.known:
            for _ in range(2):
                self.come(everything=True)
                self.world.push()
            self.come(everything=True)

    @rule(pause=PAUSES)
    def edits_here(self, pause: int) -> None:
        self.wait(pause)
        self.edit(HERE)

    @rule(pause=PAUSES)
    def edits_there(self, pause: int) -> None:
        self.wait(pause)
        self.edit(THERE)

    @rule(pause=PAUSES)
    def both_edit(self, pause: int) -> None:
        self.wait(pause)
        for side in self.chance.sample([HERE, THERE], 2):
            self.edit(side)

    def edit(self, side: str) -> None:
        """Changes one or two of the fields, perhaps to what they are."""
        specs = self.chance.sample(self._specs, min(len(self._specs), self.chance.choice([1, 1, 2])))
        values = {spec.name: self._value(spec, side) for spec in specs}
        (self.world.edit_here if side == HERE else self.world.edit_there)(self.thing, values)

    def _value(self, spec: Field, side: str) -> Any:
        return self.chance.choice(spec.here if side == HERE else spec.there)

    def come(self, *, everything: bool) -> None:
        """Webhooks come: all or some of those that are late, some that came before, in any order."""
        late = list(self.world.late)
        chosen = late if everything else [one for one in late if self.chance.random() < 0.6]
        again = [one for one in self.world.arrived.values() if self.chance.random() < 0.1]
        self.chance.shuffle(mixed := [*chosen, *again])
        for arrival in mixed:
            self.world.store(arrival)
            if everything or self.chance.random() < 0.8:
                self.world.apply(arrival)
        for arrival in self.world.open_events():
            if self.chance.random() < 0.5:
                self.world.apply(arrival)

    def wait(self, seconds: int) -> None:
        """Lets time pass."""
        if seconds:
            self.world.clock.wait(seconds)
