"""Everything comes to rest: then both sides must have the values that the rules say, and no edit be lost."""

from dataclasses import dataclass
from random import Random
from typing import Any

from integrations.models import Conflict, InboundEvent, OutboundSync
from integrations.providers.stripe.tests.money.moving_clock import HOUR
from integrations.providers.stripe.tests.two_writers.histories.edits import Clash, Ending
from integrations.providers.stripe.tests.two_writers.histories.field_history import FieldHistory
from integrations.providers.stripe.tests.two_writers.histories.fields import UNHELD
from integrations.providers.stripe.tests.two_writers.histories.thing import Thing
from integrations.providers.stripe.tests.two_writers.histories.winners import OPEN
from integrations.providers.stripe.tests.two_writers.histories.world import World

# How often waiting work is tried again, as if hours had passed.
ROUNDS = 16


@dataclass(frozen=True)
class Recorded:
    """A conflict that FlexSync has written down."""

    field: str
    ours: Any
    theirs: Any
    winner: str


def come_to_rest(world: World, chance: Random) -> None:
    """Lets all deliveries end; raises AssertionError for what is wrong."""
    world.faults.clear()
    world.interruptions.clear()
    if world.connection.status == "paused":
        world.pause_or_resume()
    world.tell("comes to rest")
    settle(world, chance)
    wrong = [*failures(world), *(what for thing in world.things for what in differences(world, thing))]
    if wrong:
        raise AssertionError("\n".join(wrong))


def settle(world: World, chance: Random) -> None:
    """Delivers all events and pushes, as if hours passed between their attempts."""
    for _ in range(ROUNDS):
        if not world.late and not world.open_events() and not world.open_syncs():
            return
        _deliver(world, chance)
        world.clock.wait(2 * HOUR)


def _deliver(world: World, chance: Random) -> None:
    """Delivers all events and pushes once."""
    if chance.random() < 0.3:
        world.push()
    late = list(world.late)
    chance.shuffle(late)
    for arrival in late:
        world.store(arrival)
    for arrival in chance.sample(waiting := world.open_events(), len(waiting)):
        world.apply(arrival)
    world.push()


def failures(world: World) -> list[str]:
    """What did not get done."""
    events = InboundEvent.objects.filter(connection=world.connection, state="dead")
    syncs = OutboundSync.objects.filter(connection=world.connection).exclude(state="done")
    dead = [f"{kind} is dead: {reason}" for kind, reason in events.values_list("type", "reason")]
    waiting = [f"{one.event['type']} waits" for one in [*world.open_events(), *world.late]]
    return (
        dead
        + waiting
        + [f"the push is {state}: {why}" for state, why in syncs.values_list("state", "last_error")]
    )


def differences(world: World, thing: Thing) -> list[str]:
    """What is not as the rules say."""
    if not thing.stripe_id:
        # It was archived before it was ever sent.
        return [] if thing.here().get("active") is False else ["was never sent"]
    here, there = thing.here(), thing.of.there(world.account, thing.stripe_id)
    names = thing.fields.keys() | {name for name in {**here, **there} if "metadata." in name}
    conflicts = _recorded(world, thing)
    wrong = []
    for name in sorted(names - thing.of.left_out(here)):
        found = [one for one in conflicts if one.field == name]
        ending = Ending(here.get(name), there.get(name), any(one.winner == OPEN for one in found))
        wrong += [f"{name}: {what}" for what in _wrong(thing.history(name), ending, found)]
    return wrong


def _recorded(world: World, thing: Thing) -> list[Recorded]:
    conflicts = Conflict.objects.filter(connection=world.connection, entity_id=thing.entity_id)
    found = []
    for one in conflicts.order_by("id"):
        (name, ours), (_, theirs) = (thing.of.recorded(one.field, value) for value in (one.ours, one.theirs))
        found.append(Recorded(name, ours, theirs, one.winner))
    return found


def _wrong(history: FieldHistory, found: Ending, conflicts: list[Recorded]) -> list[str]:
    spec = history.spec
    if history.unclear:
        is_equal = spec.held(found.there) in (found.here, UNHELD)
        return [] if is_equal or found.is_open else [f"differs: {found}"]
    allowed = list(history.endings())
    wrong = [] if any(_is(one, found) for one in allowed) else [f"is {found}, not {allowed}"]
    wrong += [
        f"is not in the list: {_clash(one)}"
        for one in history.clashes
        if not _is_listed(history, one, conflicts)
    ]
    return wrong + [
        f"is no conflict: {one.ours!r} and {one.theirs!r}"
        for one in conflicts
        if not history.may_have_met(one.ours, one.theirs)
    ]


def _is(allowed: Ending, found: Ending) -> bool:
    held = allowed.here is UNHELD or allowed.here == found.here
    return held and (allowed.there, allowed.is_open) == (found.there, found.is_open)


def _is_listed(history: FieldHistory, clash: Clash, conflicts: list[Recorded]) -> bool:
    return any(
        one.theirs == clash.theirs.value
        and history.may_have_met(one.ours, one.theirs)
        and (one.winner in clash.winners or OPEN in clash.winners)
        for one in conflicts
    )


def _clash(clash: Clash) -> str:
    return f"{clash.ours.value!r} and {clash.theirs.value!r}, won by {sorted(clash.winners)}"
