"""Events that are applied in one transaction leave what they leave one by one."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone
from hypothesis.stateful import rule

from integrations.db.rollback import rolled_back
from integrations.inbox import batch, ordering
from integrations.models import Conflict, EntityMapping, InboundEvent, OutboundSync
from integrations.providers.stripe.tests.two_writers.histories.editing import Editing
from integrations.providers.stripe.tests.two_writers.histories.kind import HERE, THERE
from integrations.providers.stripe.tests.two_writers.histories.runs import EXAMPLES, run
from integrations.providers.stripe.tests.two_writers.histories.world import World

# How many acts the histories have before their batch comes.
LENGTH = 3
# The outcome of an event whose handler needs an answer of Stripe's first.
ASKS = "asks Stripe"


def left_by(world: World, groups: Sequence[Sequence[InboundEvent]], now: datetime) -> dict[str, Any]:
    """What is there when the groups were applied one after the other; all of it is undone."""
    connection = world.connection
    with rolled_back():
        results = {}
        for events in groups:
            results |= batch.apply(events, now)
        mappings = EntityMapping.objects.filter(connection=connection)
        conflicts = Conflict.objects.filter(connection=connection)
        pushes = OutboundSync.objects.filter(connection=connection, state="pending")
        linked = dict(mappings.values_list("provider_entity_id", "entity_id"))
        return {
            "outcomes": {key: getattr(one, "state", ASKS) for key, one in results.items()},
            "rows": {
                one.stripe_id: one.of.here(linked[one.stripe_id])
                for one in world.things
                if one.stripe_id in linked
            },
            "mappings": dict(mappings.values_list("provider_entity_id", "metadata")),
            "conflicts": Counter(map(str, conflicts.values_list("field", "ours", "theirs", "winner"))),
            "pushes": Counter(pushes.values_list("entity_type", flat=True)),
        }


class Batches(Editing):
    """Events pile up, most of them of FlexSync's own calls, and are applied both ways; neither is kept."""

    known = 1.0

    @rule()
    def workers_push(self) -> None:
        self.world.push()

    def a_batch_comes(self) -> None:
        """Pushes replace what they have not seen: the event of each tells, and notes what the next needs."""
        for _ in range(2):
            spec = self.chance.choice(self._specs)
            self.world.edit_there(self.thing, {spec.name: self._value(spec, THERE)})
            self.world.edit_here(self.thing, {spec.name: self._value(spec, HERE)})
            self.world.push()
        for arrival in list(self.world.late):
            self.world.store(arrival)
        self.compare()

    def compare(self) -> None:
        """Compares what the events that have come leave, without those that Stripe is asked for.

        It is asked between transactions, and what waits for that is applied after the others.
        """
        pending = InboundEvent.objects.filter(connection=self.world.connection, state="pending")
        events = list(pending.select_related("connection"))
        kept = [step.event for step in ordering.steps(events, self.world.connection, {})]
        now, asking = timezone.now(), {""}
        while len(kept) > 1 and asking:
            together = left_by(self.world, [kept], now)
            apart = left_by(self.world, [[one] for one in kept], now)
            outcomes = [*together["outcomes"].items(), *apart["outcomes"].items()]
            asking = {event_id for event_id, outcome in outcomes if outcome == ASKS}
            kept = [event for event in kept if event.pk not in asking]
        if len(kept) < 2:
            return
        self.world.tell(f"would apply {len(kept)} of {len(events)} events together")
        wrong = [what for name, found in together.items() for what in differences(name, found, apart[name])]
        assert not wrong, "\n".join([*wrong, *self.world.story])


def differences(name: str, together: dict[Any, Any], apart: dict[Any, Any]) -> list[str]:
    """What differs between two parts of what is left."""
    return [
        f"{name} {key}: {together.get(key)} together, {apart.get(key)} one by one"
        for key in {**together, **apart}
        if together.get(key) != apart.get(key)
    ]


@pytest.mark.django_db(transaction=True)
def test_a_batch_leaves_what_its_events_leave(simulator: Any) -> None:
    def end(history: Editing) -> None:
        assert isinstance(history, Batches)
        history.a_batch_comes()

    run(simulator, Batches, end, length=LENGTH, examples=EXAMPLES // 4)
