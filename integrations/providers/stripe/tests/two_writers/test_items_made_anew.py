"""A person removes an item at Stripe and adds it again, as another one of its price: it is the same here."""

import pytest

from billing.models import Subscription
from integrations.mappings.bases import followed
from integrations.mappings.differences import OPEN
from integrations.models import Conflict, OutboundSync
from integrations.providers.stripe.merging.subscriptions import SUBSCRIPTION
from integrations.providers.stripe.tests.gateways import wrapped_gateways
from integrations.providers.stripe.tests.two_writers.orders import Writers
from integrations.providers.stripe.tests.two_writers.test_subscription_conflicts import (
    OWNERS,
    SOME_ORDERS,
    removed,
    seats,
)
from integrations.tests.conftest import client

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def again(deal):
    """The seat is removed there and sold again, once."""
    deal.have(3, 2)
    deal.pipelines.settle()

    def there():
        removed(deal)()
        deal.update(items=[{"price": deal.price(deal.seat), "quantity": 1}])

    return there


@pytest.mark.parametrize("order", SOME_ORDERS[:2])
@pytest.mark.parametrize("owner", OWNERS)
def test_its_quantity_conflicts_with_one_that_is_set_here(deal, again, owner, order):
    deal.owned_by(owner)
    deal.run(order, again, lambda: deal.have(7, 2))
    assert deal.quantities() == {"seat": {"flexsync": 7, "provider": 1}[owner], "other": 2}
    assert [row[1:] for row in deal.conflicts()][-1] == (7, 1, owner)
    assert not OutboundSync.objects.exclude(state="done").exists()


@pytest.mark.parametrize("owner", OWNERS)
def test_it_conflicts_with_its_removal_here(deal, again, owner):
    deal.owned_by(owner)
    deal.run(SOME_ORDERS[1], again, lambda: deal.have(0, 2))
    assert deal.quantities() == {"other": 2} | ({"seat": 1} if owner == "provider" else {})
    kept = {"price": deal.price(deal.seat), "quantity": 1}
    assert [row[1:] for row in deal.conflicts()] == [(None, kept, owner)]
    assert not OutboundSync.objects.exclude(state="done").exists()


DURING = "it and its event come during the push"


@pytest.mark.parametrize("owner", OWNERS)
def test_its_removal_here_conflicts_also_where_stripe_refuses_that_after_the_event(deal, again, owner):
    deal.owned_by(owner)
    deal.run(DURING, again, lambda: deal.have(0, 2))
    assert deal.quantities() == {"other": 2} | ({"seat": 1} if owner == "provider" else {})
    kept = {"price": deal.price(deal.seat), "quantity": 1}
    assert [row[1:] for row in deal.conflicts()] == [(None, kept, owner)]


def test_an_open_conflict_about_it_follows_it(deal, environment):
    """Under its new id, and so does what a person decides of it."""
    deal.have(3, 2)
    deal.pipelines.settle()
    deal.owned_by("newest")

    def here():
        deal.have(7, 2)
        Subscription.objects.update(changed_at={})

    deal.run(SOME_ORDERS[0], seats(deal, 5), here)
    removed(deal)()
    deal.update(items=[{"price": deal.price(deal.seat), "quantity": 5}])
    deal.pipelines.settle()
    conflict = Conflict.objects.get()
    anew = next(one for one in deal.there()["items"].data if one.price.id == deal.price(deal.seat))
    assert (conflict.winner, conflict.field) == ("", f"items.{anew.id}.quantity")
    assert deal.differences() == [(conflict.field, 7, 5, OPEN)]
    assert client(environment).post(f"/v1/conflicts/{conflict.pk}/keep").status_code == 200
    deal.pipelines.settle()
    assert deal.quantities() == {"seat": 7, "other": 2}


class Meanwhile:
    """A gateway for whose first update something happens before, and is undone before the answer."""

    def __init__(self, gateway, done, undone):
        self._gateway, self._acts = gateway, [done, undone]

    def call(self, operation, params, **named):
        acts, self._acts = (self._acts, []) if operation == "subscriptions.update" else ([], self._acts)
        for act in acts[:1]:
            act()
        try:
            return self._gateway.call(operation, params, **named)
        finally:
            for act in acts[1:]:
                act()


def test_what_stripe_refuses_for_an_item_that_is_there_only_for_a_moment_is_sent_again(deal):
    def added():
        deal.update(items=[{"price": deal.price(deal.other), "quantity": 9}])

    def gone():
        other = next(one for one in deal.there()["items"].data if one.price.id == deal.price(deal.other))
        deal.stripe.subscription_items.delete(other.id)

    deal.have(3, 2)
    meanwhile = []

    def wrap(gateway, _credentials):
        meanwhile[:] = meanwhile or [Meanwhile(gateway, added, gone)]
        return meanwhile[0]

    with wrapped_gateways(wrap):
        Writers(deal.pipelines, None, None, operation="").push()
    assert not OutboundSync.objects.exclude(state="done").exists()
    deal.pipelines.settle()
    assert deal.quantities() == {"seat": 3, "other": 2} and deal.conflicts() == []


def test_all_that_is_noted_of_it_follows_it():
    def of(item_id):
        field, whole = f"items.{item_id}.quantity", {f"items.{item_id}": {"price": "p", "quantity": 1}}
        by_field = {"set": {field: 4}, "undecided": whole, "apart": {field: 5}, "returned": {field: [6, 7]}}
        return {**by_field, "open": [field, "metadata.color"]}

    held, current = ({"items": [{"id": one, "price": "p"}]} for one in ("si_1", "si_2"))
    found, names = followed({"held": held, **of("si_1")}, SUBSCRIPTION.mergeable, current)
    assert found == {"held": held, **of("si_2")} and names == {"items.si_1": "items.si_2"}
