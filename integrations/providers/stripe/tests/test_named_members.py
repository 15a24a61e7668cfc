"""A value that is no member of Stripe's enum, or no id: dead at once, and named with its field."""

import pytest

from integrations.providers.stripe.tests.test_unreadable_fields import put

pytestmark = pytest.mark.django_db
ITEM = "items.data.0.price"
MEMBERS = [
    ("invoice_finalized__renewal", "status"),
    ("invoice_finalized__renewal", "collection_method"),
    ("invoice_finalized__renewal", "lines.data.0.taxes.0.tax_behavior"),
    ("payment_intent_succeeded__external", "status"),
    ("invoice_payment_paid__renewal", "status"),
    ("checkout_session_completed__paid", "status"),
    ("checkout_session_completed__paid", "payment_status"),
    ("refund_created__partial", "status"),
    ("charge_dispute_created__fraudulent", "status"),
    ("credit_note_created__plain", "status"),
    ("setup_intent_succeeded__default", "status"),
    ("customer_subscription_created__one_item", "status"),
    ("customer_subscription_created__one_item", f"{ITEM}.billing_scheme"),
    ("customer_subscription_created__one_item", f"{ITEM}.recurring.interval"),
    ("customer_subscription_created__one_item", f"{ITEM}.recurring.usage_type"),
    ("price_created__tiered", "tiers_mode"),
    ("price_created__package", "transform_quantity.round"),
]
IDS = [
    ("invoice_finalized__renewal", "customer"),
    ("invoice_payment_paid__renewal", "invoice"),
    ("payment_intent_succeeded__external", "customer"),
    ("refund_created__partial", "payment_intent"),
    ("charge_refunded__partial", "payment_intent"),
    ("credit_note_created__plain", "invoice"),
    ("price_created__monthly", "product"),
]


@pytest.fixture
def ready(world):
    """Where all of these events would apply."""
    world.open_checkout()
    world.arrives("customer_created__flexsync_id", "payment_intent_succeeded__of_checkout")
    world.arrives("payment_intent_succeeded__disputed")
    world.link_invoice("credit_note_created__plain")
    return world


def assert_names(world, name, path, value):
    event = world.event(name)
    field = put(event["data"]["object"], path, value)
    row = world.take(event)
    assert (row.state, row.attempts) == ("dead", 1)
    assert row.reason.startswith(f"{field} of ") and repr(value) in row.reason


@pytest.mark.parametrize("value", ["unheard_of", ["open"], {"value": "open"}, True])
@pytest.mark.parametrize(("name", "path"), MEMBERS)
def test_a_member_is_named(ready, name, path, value):
    assert_names(ready, name, path, value)


@pytest.mark.parametrize("value", [5, ["cus_1"], {"id": 5}])
@pytest.mark.parametrize(("name", "path"), IDS)
def test_an_id_is_named(ready, name, path, value):
    assert_names(ready, name, path, value)
