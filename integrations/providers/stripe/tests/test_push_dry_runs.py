"""The API, the command and the admin show each call and the fields that it changes, and send nothing."""

import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from billing.events import Kind
from billing.facts import PlanFacts, SubscriptionFacts, SubscriptionItemFacts
from billing.models import Plan
from billing.services import environments
from billing.services.catalog import plans
from billing.services.subscriptions import subscriptions
from integrations.models import OutboundSync
from integrations.providers.stripe.tests import builders
from integrations.testing import make_connection, push

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(simulator, connection, environment) -> Plan:
    """Renamed after its push."""
    row = plans.create(environment_id=environment.id, facts=PlanFacts("Growth"))
    assert push(connection, Kind.PLAN, row.id).state == "done"
    plans.update(environment_id=environment.id, plan_id=row.id, changes={"name": "Growth+"})
    return row


@pytest.fixture
def api(environment) -> Client:
    _, key = environments.create_api_key(environment=environment, name="test", scope="write")
    return Client(headers={"Authorization": f"Bearer {key}"})


def call_count(simulator) -> int:
    return len(simulator.requests())


def test_the_api_returns_the_differences(simulator, api, plan):
    before = call_count(simulator)
    response = api.post(
        f"/v1/plans/{plan.id}/sync/stripe?dry_run=true", content_type="application/json"
    ).json()
    (call,) = response["calls"]
    assert (call["operation"], call["params"]) == ("products.update", {"name": "Growth+"})
    assert call["differences"] == [{"field": "name", "before": "Growth", "after": "Growth+"}]
    assert call_count(simulator) == before and response["dry_run"] is True


def test_the_command_prints_them(simulator, plan):
    before, out = call_count(simulator), StringIO()
    call_command("sync_plan", plan.id, "--dry-run", stdout=out)
    assert "name: Growth -> Growth+" in out.getvalue()
    assert call_count(simulator) == before


def test_the_admin_shows_them(simulator, admin_client, connection, plan):
    before = call_count(simulator)
    page = admin_client.get(
        reverse("admin:integrations_outboundsync_preview"),
        {"connection": connection.pk, "kind": "plan", "entity": plan.pk},
    )
    words = " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())
    assert "name : Growth &rarr; Growth+" in words
    assert call_count(simulator) == before


def test_the_dry_run_of_a_new_subscription_lists_what_it_brings_along(simulator, api, customer):
    items = (SubscriptionItemFacts(builders.price(customer.environment).id),)
    row = subscriptions.create(
        environment_id=customer.environment_id,
        facts=SubscriptionFacts(customer_id=customer.id, currency="USD", items=items, status="paused"),
    )
    make_connection(customer.environment_id, "stripe", on=(), credentials={"secret_key": builders.SECRET_KEY})
    calls = api.post(
        f"/v1/subscriptions/{row.id}/sync/stripe?dry_run=true", content_type="application/json"
    ).json()["calls"]
    assert [call["operation"] for call in calls if not call["skipped"]] == [
        "products.create",
        "prices.create",
        "customers.create",
        "subscriptions.create",
        "subscriptions.update",
    ]
    assert calls[3]["params"]["items"] == [{"price": "<id of the new price>", "quantity": 1}]
    assert calls[4]["params"] == {"pause_collection": {"behavior": "void"}}
    assert (call_count(simulator), OutboundSync.objects.count()) == (0, 0)


@pytest.mark.parametrize("noun", ["plans", "prices", "subscriptions"])
def test_each_page_has_its_sync_panel(admin_client, connection, customer, noun):
    price = builders.price(customer.environment)
    facts = SubscriptionFacts(
        customer_id=customer.id, currency="USD", items=(SubscriptionItemFacts(price.id),)
    )
    row = subscriptions.create(environment_id=customer.environment_id, facts=facts)
    entity = {"plans": price.plan, "prices": price, "subscriptions": row}[noun]
    page = admin_client.get(
        reverse(f"admin:billing_{noun.removesuffix('s')}_change", args=[entity.pk]), follow=True
    )
    assert page.status_code == 200
    assert reverse("admin:integrations_outboundsync_preview") in page.content.decode()
