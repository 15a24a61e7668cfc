"""One customer, or one invoice, on both sides, and whoever edits it."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.models import Customer, Invoice
from billing.services.customers import customers
from integrations.inbox import processing
from integrations.models import Conflict, Connection, EntityMapping, InboundEvent, OutboundSync
from integrations.models.outbound import OPEN_STATES
from integrations.outbox import worker
from integrations.provider_api import Json
from integrations.providers.stripe.testing import receive_signed, store_signed
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.gateways import wrapped_gateways
from integrations.providers.stripe.tests.interleavings.invoice_pairs import pair_of
from integrations.providers.stripe.tests.two_writers.histories.interruptions import WatchedGateway
from integrations.testing import push
from integrations.tests.conftest import client


class Both:
    """A customer and its counterpart; what happens at Stripe is told to FlexSync by ``hear`` only."""

    def __init__(self, connection: Connection, customer: Customer, stripe_api: Any) -> None:
        self.connection, self.customer, self._api = connection, customer, stripe_api
        assert self.push() == "done"
        self.stripe_id = EntityMapping.objects.get(entity_id=customer.id).provider_entity_id
        self._heard: set[str] = set()
        self.hear()

    def edit_here(self, **changes: Any) -> None:
        """As a person does through the API."""
        customers.update(
            environment_id=self.customer.environment_id, customer_id=self.customer.id, changes=changes
        )

    def edit_there(self, **params: Any) -> None:
        """As a person does in the dashboard."""
        self._api.v1.customers.update(self.stripe_id, params)

    def push(self) -> str:
        """Delivers the customer's push; returns its state."""
        return str(push(self.connection, Kind.CUSTOMER, self.customer.id).state)

    def hear(self, order: Callable[[list[Json]], Iterable[Json]] = reversed) -> list[InboundEvent]:
        """Lets the events arrive that are still to come; ``order`` is given the latest first."""
        return [receive_signed(self.connection, event) for event in order(self.coming())]

    def hear_at_once(self, order: Callable[[list[Json]], Iterable[Json]] = reversed) -> None:
        """The same, where all have come before the first is applied."""
        rows = [store_signed(self.connection, event, timezone.now()) for event in order(self.coming())]
        for row_id in rows:
            processing.process(row_id, timezone.now())

    def coming(self) -> list[Json]:
        """Takes those events, the latest first."""
        events = [
            event
            for event in (one.to_dict() for one in self._api.v1.events.list({"limit": 100}).data)
            if event["id"] not in self._heard and event["data"]["object"].get("id") == self.stripe_id
        ]
        self._heard.update(event["id"] for event in events)
        return events

    def settle(self) -> None:
        """Lets all events arrive, and everything that waits be tried again, until nothing is left to do."""
        self.hear()
        for hours in range(1, 20):
            now = timezone.now() + timedelta(hours=hours)
            for event in InboundEvent.objects.filter(state="pending"):
                processing.process(event.pk, now)
            self.push_again(now)
            self.hear()

    def push_again(self, now: datetime) -> None:
        """Delivers what waits to be sent, as if it were ``now``."""
        for sync in OutboundSync.objects.filter(state__in=OPEN_STATES):
            worker.deliver(sync.pk, now=now)

    def here(self, *names: str) -> list[Any]:
        """FlexSync's values."""
        self.customer.refresh_from_db()
        return [getattr(self.customer, name) for name in names]

    def there(self, *names: str) -> list[Any]:
        """Stripe's values, "" for nothing."""
        found = self._api.v1.customers.retrieve(self.stripe_id).to_dict()
        return [found.get(name) or "" for name in names]

    def owned_by(self, owner: str) -> None:
        """Sets whose value stays."""
        self.connection.customer_owner = owner
        self.connection.save()


@pytest.fixture
def both(simulator, stripe_api, connection, customer) -> Both:
    return Both(connection, customer, stripe_api)


class Once:
    """Acts once, when the next update begins, before Stripe has it, or ends, before its answer is here."""

    def __init__(self, act: Callable[[], Any], moment: str) -> None:
        self._acts, self._moment = [act], moment

    def begins(self, operation: str, *_of: Any) -> None:
        self._meet("begins", operation)

    def ends(self, operation: str, *_of: Any) -> None:
        self._meet("ends", operation)

    def _meet(self, moment: str, operation: str) -> None:
        if moment == self._moment and operation.endswith("update") and self._acts:
            self._acts.pop()()


@pytest.fixture
def push_while(both):
    """Pushes, and acts during the call; then everything settles."""

    def push_while(act, moment="begins"):
        once = Once(act, moment)
        with wrapped_gateways(lambda gateway, _credentials: WatchedGateway(gateway, once)):
            both.push()
        both.settle()

    return push_while


@pytest.fixture
def tie(both):
    """An open conflict about the email: nobody knows which of both edits is the later one."""
    both.owned_by("newest")
    both.edit_there(email="there@x.com")
    both.edit_here(email="here@x.com")
    both.here()
    both.customer.changed_at = {}
    both.customer.save()
    both.hear()
    assert Conflict.objects.get().winner == ""
    return both


@pytest.fixture
def api(environment):
    return client(environment)


@pytest.fixture
def collide(both):
    """Both sides change the email; the owner's rule settles it."""

    def collide(owner):
        both.owned_by(owner)
        both.edit_there(email="there@x.com")
        both.edit_here(email="here@x.com")
        both.hear()
        both.push()
        return Conflict.objects.get()

    return collide


@pytest.fixture
def own(simulator, stripe_api, connection, customer):
    """An invoice that FlexSync sent."""
    invoice = builders.invoice(customer, metadata={"order": "7"})
    return pair_of(connection, stripe_api, invoice).known_on_both_sides()


@pytest.fixture
def theirs(simulator, stripe_api, connection):
    """A draft that was made at Stripe."""
    customer = stripe_api.v1.customers.create({"name": "Grace", "email": "grace@example.com"})
    made = stripe_api.v1.invoices.create(
        {
            "customer": customer.id,
            "description": "October",
            "metadata": {"order": "7"},
            "collection_method": "send_invoice",
            "days_until_due": 30,
            "auto_advance": False,
        }
    )
    stripe_api.v1.invoices.add_lines(made.id, {"lines": [{"amount": 500, "description": "Seats"}]})
    heard = set()
    for event in reversed(stripe_api.v1.events.list({"limit": 100}).data):
        receive_signed(connection, event.to_dict())
        heard.add(event.id)
    pair = pair_of(connection, stripe_api, Invoice.objects.get(is_external=True))
    pair.heard |= heard
    return pair
