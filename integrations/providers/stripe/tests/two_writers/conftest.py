"""A subscription on both sides, and who edits it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.facts import SubscriptionItemFacts
from billing.models import Subscription
from integrations.mappings.differences import differences
from integrations.models import Conflict, Connection, EntityMapping
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.test_push_subscriptions import change, item, subscribe
from integrations.providers.stripe.tests.two_writers import subscription_sides as sides
from integrations.providers.stripe.tests.two_writers.orders import Writers

SOON = timezone.now().replace(microsecond=0) + timedelta(days=10)
LATER = SOON + timedelta(days=60)


class Deal:
    """A subscription to three seats, on both sides."""

    def __init__(self, pipelines, stripe_api, environment, customer):
        self.pipelines, self.api, self.stripe = pipelines, stripe_api, stripe_api.v1
        self.seat, self.other = (builders.price(environment, unit_amount=Decimal(n)) for n in (10, 25))
        self.row = subscribe(customer, item(self.seat, 3, SOON), metadata={"contract": "7"})
        pipelines.settle()
        self.id = sides.stripe_id(Kind.SUBSCRIPTION, self.row.pk)
        self.item = self.stripe.subscriptions.retrieve(self.id)["items"].data[0].id
        self._calls = len(pipelines.simulator.requests())

    def price(self, price):
        """Stripe's id of one of the two."""
        return sides.stripe_id(Kind.PRICE, price.pk)

    def update(self, **params):
        """As a person does at Stripe."""
        self.stripe.subscriptions.update(self.id, {"proration_behavior": "none", **params})

    def there(self):
        """Stripe's subscription."""
        return self.stripe.subscriptions.retrieve(self.id)

    def edit(self, **changes):
        """As a person does here."""
        change(self.row, **changes)

    def add_metadata(self, **metadata):
        """As a person does here who reads it first."""
        self.edit(metadata={**Subscription.objects.get().metadata, **metadata})

    def have(self, *quantities):
        """Edits the items here: so many seats, and so many of the other."""
        known = {one.price_id: one for one in self.row.items.all()}
        prices = zip((self.seat, self.other), quantities, strict=False)
        self.edit(
            items=tuple(
                SubscriptionItemFacts(
                    price.pk,
                    Decimal(quantity),
                    current_period_start=known[self.seat.pk].current_period_start,
                    current_period_end=SOON,
                )
                for price, quantity in prices
                if quantity
            )
        )

    def run(self, order, there, here):
        """Both act in this order; then everything settles."""
        Writers(self.pipelines, there, here, operation="subscriptions.update").run(order)

    def both(self):
        """What both sides show, which must be the same, with nothing left to do."""
        here, there = sides.here(self.row), sides.there(self.api, self.row)
        assert here == there
        assert self.pipelines.unsettled() == []
        return here

    def quantities(self):
        """How many of which price both sides have."""
        names = {self.price(self.seat): "seat", self.price(self.other): "other"}
        return {names[price]: quantity for price, quantity in self.both()["items"]}

    def owned_by(self, owner):
        """Sets whose value stays."""
        Connection.objects.update(subscription_owner=owner)

    def conflicts(self):
        """Without the id of the item."""
        return [
            (one.field.replace(self.item, "*"), one.ours, one.theirs, one.winner)
            for one in Conflict.objects.order_by("id")
        ]

    def differences(self):
        """What the API shows of those."""
        found = differences(EntityMapping.objects.get(entity_type=Kind.SUBSCRIPTION))
        return [(one.field, one.ours, one.theirs, one.reason) for one in found]

    def calls(self):
        """FlexSync's own since both sides were the same; to be asked before anybody looks at Stripe."""
        requests = self.pipelines.simulator.requests()[self._calls :]
        return [one["operation"] for one in requests if one["method"] == "GET" or _is_own(one)]


def _is_own(request):
    return (request["idempotency_key"] or "").startswith("flexsync-")


@pytest.fixture
def deal(pipelines, stripe_api, environment, customer):
    return Deal(pipelines, stripe_api, environment, customer)
