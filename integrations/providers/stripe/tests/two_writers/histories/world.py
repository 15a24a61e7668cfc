"""The world of a history: both persons, FlexSync's workers, and what happens while FlexSync calls Stripe."""

from collections.abc import Mapping

from integrations.provider_api import Json
from integrations.providers.stripe.tests.money.moving_clock import MovingClock
from integrations.providers.stripe.tests.two_writers.histories.fields import Values
from integrations.providers.stripe.tests.two_writers.histories.interruptions import Act
from integrations.providers.stripe.tests.two_writers.histories.persons import short
from integrations.providers.stripe.tests.two_writers.histories.thing import Thing
from integrations.providers.stripe.tests.two_writers.histories.workers import Workers
from stripe_simulator.testing import SimulatorServer

BEFORE, AFTER = "before", "after"


class World(Workers):
    """What the histories act on; it watches FlexSync's calls."""

    def __init__(self, simulator: SimulatorServer, clock: MovingClock) -> None:
        super().__init__(simulator, clock)
        # What happens during the next calls: before Stripe has one, or before FlexSync has its answer.
        self.interruptions: list[tuple[str, Act]] = []
        # What befalls the next call of an operation.
        self.faults: dict[str, str] = {}
        # The operations called so far.
        self.calls: list[str] = []
        # When the latest call began: what FlexSync had, and how many of Stripe's edits it knew.
        self._known: dict[Thing, tuple[Values, Mapping[str, int], Mapping[str, int], Mapping[str, int]]] = {}
        self._sent: Json = {}
        # What befell the latest call.
        self._fault = ""
        # The key of the latest call, and of those that are known to have been carried out.
        self._key, self._done = "", set[str]()
        # Those of all calls so far, and whether the latest one was made before.
        self._keys, self._is_again = set[str](), False

    def begins(self, operation: str, target: str, params: Json, key: str) -> None:
        """A call of FlexSync's begins."""
        if self.working:
            self.record(self.working[-1])
        known = {thing: (thing.here(), thing.known(), thing.made(), thing.over()) for thing in self.things}
        self.calls.append(operation)
        self.tell(f"calls {operation} {target}")
        if operation.endswith("update"):
            for thing in self._named(target):
                thing.send(key, thing.of.sent(params), known[thing][0])
        self._interrupt(BEFORE)
        self._known, self._sent, self._key = known, params, key
        self._is_again = key in self._keys
        self._keys.add(key)
        self._fault = self.faults.pop(operation, "")
        if fault := self._fault:
            self.simulator.faults.add(operation, fault, account=self.name, seconds=0)

    def ends(self, operation: str, target: str, answer: Json | None) -> None:
        """It was carried out or not, and was answered or not."""
        self.simulator.faults.clear()
        is_repeated = self._key in self._done
        if operation.endswith(("create", "update")) and not is_repeated:
            for thing in self.things:
                if answer is not None or self._fault.endswith("_after"):
                    self._see(thing, target, is_sure=answer is not None)
        if not operation.endswith(("retrieve", "list")):
            self.collect()
        if self.working and self._is_settled(operation, answer):
            self.working[-1].heard += self._named(target)
        if answer is None:
            self.tell("no answer")
        elif self.working:
            of = next((one for one in self.things if one.stripe_id == answer.get("id")), None)
            if of:
                self._confirm(of)
            if of and not is_repeated:
                self.working[-1].seen.append((of, of.views()))
        self._interrupt(AFTER)

    def _named(self, target: str) -> list[Thing]:
        return [thing for thing in self.things if thing.stripe_id and thing.stripe_id == target]

    def _is_settled(self, operation: str, answer: Json | None) -> bool:
        """Whether FlexSync waits no more for the answer to a call that changes this: it looks after one."""
        if answer is None:
            is_refused = self._fault in ("", "429") and not self._is_again
            return is_refused and operation.endswith("update")
        return operation.endswith(("update", "retrieve"))

    def _confirm(self, thing: Thing) -> None:
        """FlexSync hears that its call was carried out, perhaps before."""
        if self._key in self._done:
            thing.confirm()

    def _see(self, thing: Thing, target: str, *, is_sure: bool) -> None:
        """Looks what the call has changed."""
        if is_new := not thing.stripe_id:
            thing.stripe_id = thing.of.found(self.account, thing.entity_id)
        elif thing.stripe_id != target:
            return
        if thing.stripe_id:
            found = thing.of.there(self.account, thing.stripe_id)
            sent = (
                {**dict.fromkeys(thing.fields), **found} if is_new else thing.among(thing.of.sent(self._sent))
            )
            if not is_sure and any(
                found.get(name) != (value or None) and found.get(name) != value
                for name, value in sent.items()
            ):
                return
            self._done.add(self._key)
            changed = thing.pushed(sent, found, *self._known[thing])
            self.tell(f"Stripe got {short({name: found.get(name) for name in changed})}")
            self.collect(thing, changed)

    def _interrupt(self, moment: str) -> None:
        if self.interruptions and self.interruptions[0][0] == moment:
            _, act = self.interruptions.pop(0)
            self.tell(
                f"meanwhile, {moment} Stripe has it:" if moment == BEFORE else "meanwhile, before the answer:"
            )
            kept, self.interruptions = self.interruptions, []
            act()
            self.interruptions = kept
