"""A person here and one at Stripe: what they make and edit, and the events that Stripe sends of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import count

from django.utils import timezone
from stripe import InvalidRequestError

from billing.models import Environment
from integrations.models import Connection
from integrations.providers.stripe.tests.money.account import Account, Event
from integrations.providers.stripe.tests.money.moving_clock import MovingClock
from integrations.providers.stripe.tests.two_writers.histories.fields import Values
from integrations.providers.stripe.tests.two_writers.histories.kind import EditedKind
from integrations.providers.stripe.tests.two_writers.histories.thing import Thing, Views
from integrations.providers.stripe.tests.two_writers.histories.winners import NEWEST
from stripe_simulator.testing import SimulatorServer

_numbers = count(1)


@dataclass(eq=False)
class Arrival:
    """An event on its way: what it shows of its object, and which edits it shows to have been replaced."""

    event: Event
    thing: Thing | None
    views: Views
    reveals: Mapping[str, int]
    row_id: str = ""

    def tells(self) -> Views:
        """What it tells of its object: one that a call of FlexSync's caused tells of that call alone."""
        return {
            name: view for name, view in self.views.items() if name in self.reveals or not is_own(self.event)
        }


class Persons:
    """An environment and its Stripe account, with the objects that are edited on both sides."""

    def __init__(self, simulator: SimulatorServer, clock: MovingClock) -> None:
        simulator.reset()
        self.simulator, self.clock = simulator, clock
        self.name = f"writers{next(_numbers)}"
        self.environment = Environment.objects.create(name=self.name)
        self.account = Account(simulator, self.environment, self.name)
        self.owner = NEWEST
        self.things: list[Thing] = []
        self.story: list[str] = []
        # How deep what happens is inside of something else.
        self.depth = 0
        # Events that have not come yet.
        self.late: list[Arrival] = []
        self._changed: set[tuple[Thing, str]] = set()

    @property
    def connection(self) -> Connection:
        """The connection as it is now."""
        return Connection.objects.get(pk=self.account.connection.pk)

    def own(self, owner: str) -> None:
        """Sets whose value stays; "" stands for the newest while both directions are on."""
        self.owner = owner or NEWEST
        columns = ("customer_owner", "plan_owner", "subscription_owner", "invoice_owner")
        Connection.objects.filter(pk=self.connection.pk).update(**dict.fromkeys(columns, owner))

    def tell(self, sentence: str) -> None:
        """Notes what happened, for whoever reads a failure."""
        self.story.append(f"{timezone.now():%H:%M:%S.%f}"[:-3] + "  " * self.depth + f" {sentence}")

    def begin_here(self, of: EditedKind) -> Thing:
        """Makes an object here."""
        thing = Thing(of, self.owner)
        before = self._second()
        thing.entity_id = of.create_here(self.environment.pk)
        thing.edited_here({**dict.fromkeys(thing.fields), **thing.here()}, (before, self._second()))
        self.things.append(thing)
        self.tell(f"{thing.entity_id} is made here")
        return thing

    def begin_there(self, of: EditedKind) -> Thing:
        """Makes an object at Stripe."""
        thing = Thing(of, self.owner)
        before = self._second()
        thing.stripe_id = of.create_there(self.account)
        found = {**dict.fromkeys(thing.fields), **of.there(self.account, thing.stripe_id)}
        thing.edited_there(found, (before, self._second()))
        self.things.append(thing)
        self.collect()
        self.tell(f"{thing.stripe_id} is made at Stripe")
        return thing

    def edit_here(self, thing: Thing, values: Values) -> None:
        """Edits it here, if it is here; what is the same already is no edit."""
        if not thing.entity_id:
            return
        current, before = thing.here(), self._second()
        thing.seen_here(current)
        changed = {name: value for name, value in values.items() if current.get(name) != value}
        thing.of.edit_here(self.environment.pk, thing.entity_id, values)
        thing.edited_here(changed, (before, self._second()))
        self._changed |= {(thing, "here")} if changed else set()
        self.tell(f"here: {short(changed)}")

    def edit_there(self, thing: Thing, values: Values) -> None:
        """Edits it at Stripe, if it is there."""
        if not thing.stripe_id:
            return
        current = {name: one.shown.value for name, one in thing.fields.items()}
        changed = {name: value for name, value in values.items() if current.get(name) != value}
        before = self._second()
        try:
            thing.of.edit_there(self.account, thing.stripe_id, values, current)
        except InvalidRequestError as refusal:
            self.tell(f"there: refused: {refusal.user_message}")
            return
        thing.edited_there(changed, (before, self._second()))
        self.collect()
        self._changed |= {(thing, "there")} if changed else set()
        self.tell(f"there: {short(changed)}")

    def changed_sides(self) -> set[tuple[Thing, str]]:
        """Which objects were changed on which side since the last call."""
        found, self._changed = self._changed, set()
        return found

    def _second(self) -> int:
        return int(timezone.now().timestamp())

    def collect(self, thing: Thing | None = None, replaced: Collection[str] = ()) -> None:
        """Takes the events that Stripe has sent; ``thing``, ``replaced``: of the call that caused them."""
        for event in self.account.new_events():
            of = next((one for one in self.things if one.stripe_id == event["data"]["object"]["id"]), None)
            counts = {name: len(of.fields[name].there) for name in replaced} if of and of is thing else {}
            self.late.append(Arrival(event, of, of.views() if of else {}, counts))


def key_of(event: Event) -> str:
    """The idempotency key of the call that caused it, "" for none."""
    return event["request"]["idempotency_key"] or ""


def is_own(event: Event) -> bool:
    """Whether a call of FlexSync's caused it."""
    return key_of(event).startswith("flexsync-")


def changes_of(event: Event) -> Values:
    """What of the event's object changed."""
    before = event["data"].get("previous_attributes") or {}
    own = {"by": "FlexSync"} if is_own(event) else {}
    return {name: f"{before[name]} -> {event['data']['object'].get(name)}" for name in before} | own


def short(values: Values) -> str:
    """The values in few words."""
    return ", ".join(f"{name}={str(value)[:60]!r}" for name, value in values.items())
