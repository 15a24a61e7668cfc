"""The rules of a history: what the two persons, the workers, the webhooks and the network may do."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from integrations.providers.stripe.tests.two_writers.histories.editing import HERE, THERE, Editing
from integrations.providers.stripe.tests.two_writers.histories.interruptions import Act
from integrations.providers.stripe.tests.two_writers.histories.world import AFTER, BEFORE

FAULTS = ("reset_after", "reset_before", "500_after", "500_before", "429")
CALLS = ("update", "update", "update", "create", "retrieve")
SECONDS = (1, 30, 90, 3600)


class Acts(Editing):
    """Anything may happen in any order."""

    @rule()
    def workers_push(self) -> None:
        self.world.push()

    @rule()
    def webhooks_come(self) -> None:
        self.come(everything=False)

    @rule(moment=st.sampled_from([BEFORE, AFTER]), count=st.sampled_from([1, 2]))
    def something_meets_the_next_call(self, moment: str, count: int) -> None:
        # No precondition: which rules can be drawn must not depend on moments, either.
        if self.world.interruptions:
            return
        acts: list[Act] = [
            lambda: self.edit(HERE),
            lambda: self.edit(THERE),
            lambda: self.come(everything=True),
            lambda: self.come(everything=False),
        ]
        chosen = [self.chance.choice(acts) for _ in range(count)]
        self.world.tell(f"something will happen {moment} the next call")
        self.world.interruptions.append((moment, lambda: [act() for act in chosen] and None))

    @rule(fault=st.sampled_from(FAULTS), call=st.sampled_from(CALLS))
    def the_next_call_fails(self, fault: str, call: str) -> None:
        operation = f"{self.thing.of.resource}.{call}"
        self.world.tell(f"the next {operation}: {fault}")
        self.world.faults[operation] = fault

    @rule()
    def operator_pauses_or_resumes(self) -> None:
        self.world.pause_or_resume()

    @rule(seconds=st.sampled_from(SECONDS))
    def time_passes(self, seconds: int) -> None:
        self.world.clock.wait(seconds)
        self.world.tell(f"{seconds} seconds have passed")
