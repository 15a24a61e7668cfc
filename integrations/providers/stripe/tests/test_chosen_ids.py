"""People choose the ids of plans and products themselves: any text is asked for, over HTTP, as it is."""

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.models import Plan, Price
from billing.services.catalog import plans
from integrations.models import EntityMapping, InboundEvent
from integrations.providers.stripe.dashboard import object_url

pytestmark = pytest.mark.django_db(transaction=True)
CHOSEN = "Pro plan/$699"


@pytest.fixture
def product(pipelines, stripe_api):
    """A product of that id at Stripe, with a price; both are here."""
    stripe_api.v1.products.create({"id": CHOSEN, "name": "Pro"})
    stripe_api.v1.prices.create({"product": CHOSEN, "currency": "usd", "unit_amount": 69900})
    pipelines.settle()
    assert EntityMapping.objects.get(entity_type=Kind.PLAN).provider_entity_id == CHOSEN
    return CHOSEN


def requested(pipelines, operation):
    return [call["path"] for call in pipelines.simulator.requests() if call["operation"] == operation]


def test_it_is_read_again_where_two_events_are_of_one_second(pipelines, stripe_api, product):
    for name in ("Pro 1", "Pro 2"):
        stripe_api.v1.products.update(product, {"name": name})
    pipelines.simulator.flush_deliveries()
    updates = InboundEvent.objects.filter(object_id=product, type="product.updated")
    assert updates.update(created=timezone.now()) == 2
    pipelines.settle()
    assert "/v1/products/Pro+plan%2F%24699" in requested(pipelines, "products.retrieve")
    assert Plan.objects.get().name == "Pro 2" and pipelines.unsettled() == []


def test_it_is_updated_by_a_push(pipelines, stripe_api, product):
    plan = Plan.objects.get()
    plans.update(environment_id=plan.environment_id, plan_id=plan.pk, changes={"name": "Professional"})
    pipelines.settle()
    assert stripe_api.v1.products.retrieve(product).name == "Professional"
    assert pipelines.unsettled() == [] and Price.objects.get().plan == plan


def test_its_page_in_the_dashboard_is_found():
    url = object_url({"livemode": True}, Kind.PLAN, CHOSEN)
    assert url.endswith("/products/Pro%20plan%2F%24699")
