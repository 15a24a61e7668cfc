"""Plays cases through the real inbox: many events of one connection in one batch, each from its webhook."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from billing.facts import PaymentFacts
from billing.services.payments import payments
from integrations.inbox import processing
from integrations.inbox.outcomes import MAX_ATTEMPTS
from integrations.models import Connection, EntityMapping, InboundEvent
from integrations.providers.stripe.testing import store_signed
from integrations.providers.stripe.tests.builders import SECRET_KEY
from integrations.providers.stripe.tests.corpus.as_it_is import COLUMNS
from integrations.providers.stripe.tests.corpus.cases import Case, Columns, Json, changed, event
from integrations.providers.stripe.tests.corpus.moments import CUSTOMER
from integrations.providers.stripe.tests.corpus.objects import OBJECTS
from integrations.providers.stripe.tests.corpus.older_spellings import PINNED, SPELLINGS, Spelling
from integrations.providers.stripe.tests.corpus.rows import Rows
from stripe_simulator.testing import SimulatorServer

# The kinds whose events a case needs before its own, with their types.
_BEFORE = {
    "customer": ("customer", "customer.created"),
    "product": ("product", "product.created"),
    "price": ("price", "price.created"),
    "subscription": ("subscription", "customer.subscription.created"),
    "charge": ("payment_intent", "payment_intent.succeeded"),
    "refund": ("payment_intent", "payment_intent.succeeded"),
    "dispute": ("payment_intent", "payment_intent.succeeded"),
    "invoice_payment": ("invoice", "invoice.finalized"),
    "credit_note": ("invoice", "invoice.finalized"),
    "setup_intent": ("customer", "customer.created"),
    "tax_id": ("customer", "customer.created"),
}


_WITH_OLD_NAMES = ("subscription", "invoice", "credit_note", "payment_intent")
_SHARED = (
    ("customer", "customer.created"),
    ("product", "product.created"),
    ("price", "price.created"),
    ("subscription", "customer.subscription.created"),
)


# Another customer, product and price, in another currency.
_OTHERS = (
    ("customer", "customer.created", {"currency": "eur"}),
    ("product", "product.created", {}),
    ("price", "price.created", {"currency": "eur"}),
)


@dataclass(frozen=True)
class Played:
    """What became of a case in one spelling."""

    case: Case
    spelling: Spelling
    tag: str
    event: InboundEvent
    columns: Columns

    def problems(self) -> list[str]:
        """What is not as the case says, by column."""
        found = []
        if self.event.state != self.case.state or not self.event.reason.startswith(self.case.reason):
            found.append(f"is {self.event.state}: {self.event.reason}")
        wanted = self._wanted()
        if wanted and not self.columns:
            found.append("nothing of it is here")
            wanted = {}
        for name in sorted({*wanted, *self.columns}):
            here, right = self.columns.get(name, "no row"), wanted.get(name, "no row")
            if here != right:
                found.append(f"{name} is {here!r}, not {right!r}")
        return [f"{self.case.name} ({self.spelling.name}): {one}" for one in found]

    def _wanted(self) -> Columns:
        wanted = COLUMNS[self.case.of] | self.case.columns
        missing = {name for name in wanted if "." not in name}
        return {
            name: value
            for name, value in wanted.items()
            if name not in missing and name.partition(".")[0] not in missing
        }


def _has_before(case: Case) -> bool:
    return bool(case.given[0]) or case.of in _BEFORE and case.type != _BEFORE[case.of][1]


class Inbox:
    """A connection to which the corpus is sent; a call finds its customer, and no movement of the balance."""

    def __init__(self, connection: Connection, simulator: SimulatorServer) -> None:
        self.connection = connection
        simulator.simulator.account(SECRET_KEY).add(OBJECTS["customer"]("corpus"))
        self._now = timezone.now()
        self._tags = 0
        others = [
            event("other", kind, changed(Case(of, kind, given), "other"), PINNED)
            for of, kind, given in _OTHERS
        ]
        self._send([*(event("corpus", kind, OBJECTS[of]("corpus"), PINNED) for of, kind in _SHARED), *others])

    def play(self, cases: Iterable[Case]) -> list[Played]:
        """Each case in each of its spellings."""
        tagged = [
            (case, spelling, self._tag())
            for case in cases
            for spelling in SPELLINGS
            if self._says(case, spelling)
        ]
        self._send(self._before(case, tag) for case, _spelling, tag in tagged if _has_before(case))
        pays = {tag: self._payment_here() for case, _spelling, tag in tagged if case.of == "session"}
        sent = [self._event(case, spelling, tag) for case, spelling, tag in tagged]
        for (_case, _spelling, tag), one in zip(tagged, sent, strict=True):
            if tag in pays and (one["data"]["object"].get("metadata") or {}).get("flexprice_payment_id"):
                one["data"]["object"]["metadata"] = {"flexprice_payment_id": pays[tag]}
        rows = self._send(sent)
        seen = Rows(self.connection, pays)
        return [
            Played(case, spelling, tag, row, seen.columns(case.of, tag))
            for (case, spelling, tag), row in zip(tagged, rows, strict=True)
        ]

    @staticmethod
    def _event(case: Case, spelling: Spelling, tag: str) -> Json:
        old = OBJECTS[case.of](tag) if spelling.is_outdated else None
        return event(tag, case.type, changed(case, tag), spelling, later=60, old=old)

    @staticmethod
    def _says(case: Case, spelling: Spelling) -> bool:
        if case.rest:
            return spelling is PINNED
        if spelling.is_outdated and (case.of not in _WITH_OLD_NAMES or None in case.changes.values()):
            # A new name that is null says nothing, so that the old one counts.
            return False
        return not case.spellings or spelling.name in case.spellings

    def _tag(self) -> str:
        self._tags += 1
        return f"t{self._tags}t"

    def _before(self, case: Case, tag: str) -> Json:
        other, changes = case.given
        of, kind = _BEFORE.get(case.of, (other.partition(".")[0], other))
        kind = other or kind
        # The old spelling says that an intent has no invoice, which saves a call.
        spelling = SPELLINGS[2] if of == "payment_intent" else PINNED
        return event(tag, kind, changed(Case(of, kind, changes), tag), spelling)

    def _payment_here(self) -> str:
        """A payment that waits for its page."""
        customer = EntityMapping.objects.get(provider_entity_id=CUSTOMER).entity_id
        facts = PaymentFacts(customer_id=customer, amount=Decimal("32.40"), currency="USD", gateway="stripe")
        environment = self.connection.environment_id
        return payments.create(environment_id=environment, facts=facts, now=self._now).id

    def _send(self, events: Iterable[Json]) -> list[InboundEvent]:
        ids = [store_signed(self.connection, one, self._now) for one in events]
        for attempt in range(MAX_ATTEMPTS + 1):
            processing.process_due(self._now + timedelta(hours=2 * attempt), 10_000)
            if not InboundEvent.objects.filter(state="pending").exists():
                break
        found = InboundEvent.objects.in_bulk(ids)
        return [found[one] for one in ids]
