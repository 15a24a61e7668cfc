"""Of several connections one bills a subscription: each of two accounts that have it would charge for it."""

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.facts import SubscriptionFacts, SubscriptionItemFacts
from billing.services.customers import customers
from billing.services.subscriptions import subscriptions
from integrations.models import EntityMapping
from integrations.outbox import worker
from integrations.providers.stripe.tests import builders
from integrations.testing import make_connection, push
from integrations.tests.conftest import client

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(environment, connection):
    """A connection to another account."""
    credentials = {"secret_key": "sk_test_other_account"}
    return make_connection(environment.id, "stripe", name="Other", credentials=credentials)


@pytest.fixture
def subscription(simulator, environment, customer):
    item = SubscriptionItemFacts(price_id=builders.price(environment).pk)
    facts = SubscriptionFacts(
        customer_id=customer.pk,
        currency="USD",
        items=(item,),
        collection_method="send_invoice",
        days_until_due=7,
    )
    return subscriptions.create(environment_id=environment.pk, facts=facts)


def mapped(subscription):
    found = EntityMapping.objects.filter(entity_type=Kind.SUBSCRIPTION, entity_id=subscription.pk)
    return [one.connection_id for one in found]


def test_several_that_would_begin_to_bill_it_wait_for_a_choice(connection, other, subscription, customer):
    for one in (connection, other):
        sync = push(one, Kind.SUBSCRIPTION, subscription.pk)
        assert sync.state == "blocked" and "as the connection_id of its customer" in sync.last_error
        assert sync.waits_for == f"bill:customer:{customer.pk}"
    assert mapped(subscription) == []
    change = {"changes": {"connection_id": other.pk}}
    customers.update(environment_id=customer.environment_id, customer_id=customer.pk, **change)
    assert push(connection, Kind.SUBSCRIPTION, subscription.pk).state == "done"
    assert push(other, Kind.SUBSCRIPTION, subscription.pk).state == "done"
    assert mapped(subscription) == [other.pk]


def test_the_choice_lets_what_waited_for_it_go_on(connection, other, subscription, customer):
    syncs = [push(one, Kind.SUBSCRIPTION, subscription.pk) for one in (connection, other)]
    change = {"changes": {"connection_id": other.pk}}
    customers.update(environment_id=customer.environment_id, customer_id=customer.pk, **change)
    for sync in syncs:
        sync.refresh_from_db()
        assert (sync.state, sync.waits_for) == ("pending", "")
        worker.deliver(sync.pk, now=timezone.now())
        sync.refresh_from_db()
        assert sync.state == "done"
    assert mapped(subscription) == [other.pk]


def switch_off(environment, other):
    change = {"sync_config": {"subscription": {"outbound": False}}}
    address = f"/v1/connections/{other.pk}"
    return client(environment).patch(address, change, content_type="application/json")


def delete(environment, other):
    return client(environment).delete(f"/v1/connections/{other.pk}")


@pytest.mark.parametrize(
    ("act", "state"), [(switch_off, "cancelled"), (delete, "blocked")], ids=["switched off", "deleted"]
)
def test_it_goes_on_once_the_others_are_off(environment, connection, other, subscription, act, state):
    own, others = (push(one, Kind.SUBSCRIPTION, subscription.pk) for one in (connection, other))
    assert act(environment, other).status_code in (200, 204)
    own.refresh_from_db()
    others.refresh_from_db()
    assert (own.state, others.state) == ("pending", state)
    worker.deliver(own.pk, now=timezone.now())
    own.refresh_from_db()
    assert own.state == "done" and mapped(subscription) == [connection.pk]


def test_one_that_has_it_bills_it_alone(connection, other, subscription):
    other.subscription_outbound_enabled = False
    other.save()
    assert push(connection, Kind.SUBSCRIPTION, subscription.pk).state == "done"
    other.subscription_outbound_enabled = True
    other.save()
    sync = push(other, Kind.SUBSCRIPTION, subscription.pk)
    assert sync.state == "done" and "charge the customer twice" in sync.calls.get(step="create").detail
    assert mapped(subscription) == [connection.pk]
    assert push(connection, Kind.SUBSCRIPTION, subscription.pk).state == "done"


def test_a_second_is_not_linked_by_hand(connection, other, subscription, environment, stripe_api):
    other.subscription_outbound_enabled = False
    other.save()
    assert push(connection, Kind.SUBSCRIPTION, subscription.pk).state == "done"
    theirs = stripe_api.v1.subscriptions.retrieve(
        EntityMapping.objects.get(entity_id=subscription.pk).provider_entity_id
    )
    EntityMapping.objects.filter(entity_id=subscription.pk).update(connection=other)
    for kind, row in (
        (Kind.CUSTOMER, subscription.customer_id),
        (Kind.PRICE, subscription.items.get().price_id),
    ):
        assert EntityMapping.objects.filter(connection=connection, entity_type=kind, entity_id=row).exists()
    body = {
        "entity_type": "subscription", "entity_id": subscription.pk, "provider_entity_id": theirs.id,
        "connection_id": connection.pk, "reason": "The same.",
    }  # fmt: skip
    refused = client(environment).post("/v1/mappings", body, format="json").json()
    assert refused["code"] == "collected_elsewhere" and "would charge for the same" in refused["message"]
