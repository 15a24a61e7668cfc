"""One trial: pairs are played side by side in one world, each with its own customer; then all is at rest."""

from collections import defaultdict
from collections.abc import Sequence

from integrations.providers.stripe.tests.money.asks import watched
from integrations.providers.stripe.tests.money.moving_clock import MovingClock, moving_clock
from integrations.providers.stripe.tests.money.pairs import Pair
from integrations.providers.stripe.tests.money.rest import come_to_rest
from integrations.providers.stripe.tests.money.world import World
from stripe_simulator.testing import SimulatorServer

# How many pairs at most share a world.
MOST = 12
Trial = Sequence[Pair]
Players = Sequence[tuple[World, Pair]]


def trials(pairs: Sequence[Pair]) -> list[Trial]:
    """Pairs with the same webhooks that wait equally long in each turn, at most so many at once."""
    found: defaultdict[tuple[object, ...], list[Pair]] = defaultdict(list)
    for pair in pairs:
        waits = tuple(seconds for _, seconds in pair.acts())
        found[pair.webhooks, waits, str(pair) if pair.is_alone else ""].append(pair)
    return [part for together in found.values() for part in _parts(together)]


def _parts(pairs: Trial) -> list[Trial]:
    number = -(-len(pairs) // MOST)
    return [pairs[first::number] for first in range(number)]


def attempt(simulator: SimulatorServer, pairs: Trial) -> None:
    """Plays the pairs; raises AssertionError with the story of what happened."""
    with moving_clock(simulator) as clock:
        world = World(simulator, clock, pairs[0].webhooks)
        try:
            players = [(world, pairs[0]), *((world.neighbour(), pair) for pair in pairs[1:])]
            for one, pair in players:
                one.name_of_pair = str(pair)
            with watched(world) as watch:
                play(players, clock)
                come_to_rest(world, watch)
            wrong = [f"{pair}: {what}" for one, pair in players for what in pair.fact.wrong(one)]
            assert not wrong, "\n".join(wrong)
        except BaseException as failure:
            failure.add_note("\n".join([*map(str, pairs), *world.story]))
            raise
        finally:
            world.close()


def play(players: Players, clock: MovingClock) -> None:
    """All of them, act by act: each does what it does in its turn, then workers work for all."""
    world, _ = players[0]
    for turn in zip(*(pair.acts() for _, pair in players), strict=True):
        acting = [(one, pair, act) for (one, pair), (act, _) in zip(players, turn, strict=True) if act]
        if not acting:
            continue
        if seconds := turn[0][1]:
            world.tell(f"{seconds} seconds pass")
            clock.wait(seconds)
        for one, pair, act in acting:
            world.tell(f"{pair}: {act.__qualname__}")
            act(one)
        world.after_an_act()
