"""What happens at Stripe so that each event is sent at least once: the source of tests/golden."""

from integrations.providers.stripe.tests import (
    golden_credit_story,
    golden_derived,
    golden_import_story,
    golden_money_story,
)
from integrations.providers.stripe.tests.golden_recording import Recorder
from integrations.providers.stripe.tests.golden_world import CUSTOMER, ENVIRONMENT

ADDRESS = {"line1": "1 Navy Way", "city": "Arlington", "state": "VA", "postal_code": "22202", "country": "US"}


def play(record: Recorder) -> None:
    """The whole story."""
    ada = _customers(record)
    prices = _plans(record)
    _subscriptions(record, ada, prices)
    golden_money_story.play(record, ada)
    golden_import_story.play(record, ada)
    golden_credit_story.play(record, ada)
    golden_derived.derive(record)


def _customers(record: Recorder) -> str:
    customers = record.stripe.v1.customers
    metadata = {"flexprice_customer_id": CUSTOMER, "flexprice_environment": ENVIRONMENT}
    ada = customers.create({"name": "Ada", "metadata": metadata}).id
    record.keep("customer_created__flexsync_id")
    customers.create({"name": "Bob", "metadata": {"external_id": "crm-1"}})
    record.keep("customer_created__external_id")
    customers.create({"name": "Eve", "metadata": {"flexprice_environment": "env_elsewhere"}})
    record.keep("customer_created__elsewhere")
    customers.create({})
    record.keep("customer_created__bare")
    grace = customers.create(
        {
            "name": "Grace Hopper",
            "email": "grace@navy",
            "phone": "555-0100",
            "address": {**ADDRESS, "country": "United States"},
            "metadata": {"rank": "admiral"},
        }
    ).id
    record.keep("customer_created__full")
    customers.update(grace, {"email": "grace@example.com", "phone": "", "address": ADDRESS})
    record.keep("customer_updated__address")
    tax_id = customers.tax_ids.create(grace, {"type": "eu_vat", "value": "DE123456789"}).id
    record.keep("customer_tax_id_created__vat")
    customers.tax_ids.delete(grace, tax_id)
    record.keep("customer_tax_id_deleted__vat")
    customers.delete(grace)
    record.keep("customer_deleted__plain")
    return ada


def _plans(record: Recorder) -> list[str]:
    v1 = record.stripe.v1
    product = v1.products.create({"name": "Engine", "description": "Computes", "metadata": {"line": "a"}}).id
    record.keep("product_created__plain")
    monthly = {"product": product, "currency": "usd", "recurring": {"interval": "month"}}
    first = v1.prices.create({**monthly, "unit_amount": 1250, "nickname": "Seat", "lookup_key": "seat"}).id
    record.keep("price_created__monthly")
    quarterly = {"interval": "month", "interval_count": 3}
    second = v1.prices.create({**monthly, "unit_amount_decimal": "0.05", "recurring": quarterly}).id
    record.keep("price_created__quarterly")
    v1.prices.create({**monthly, "unit_amount": 500, "transform_quantity": {"divide_by": 10, "round": "up"}})
    record.keep("price_created__package")
    tiers = [{"up_to": 10, "unit_amount": 100}, {"up_to": "inf", "unit_amount": 50, "flat_amount": 700}]
    v1.prices.create({**monthly, "billing_scheme": "tiered", "tiers_mode": "graduated", "tiers": tiers})
    record.keep("price_created__tiers_left_out")
    v1.prices.create({"product": product, "currency": "jpy", "unit_amount": 900})
    record.keep("price_created__onetime")
    v1.prices.update(first, {"nickname": "Chair"})
    record.keep("price_updated__renamed")
    v1.products.update(product, {"name": "Analytical Engine"})
    record.keep("product_updated__renamed")
    gone = v1.products.create({"name": "Gone"}).id
    v1.products.update(gone, {"active": False})
    record.keep("product_updated__inactive")
    v1.products.delete(gone)
    record.keep("product_deleted__plain")
    return [first, second]


def _subscriptions(record: Recorder, customer: str, prices: list[str]) -> None:
    v1 = record.stripe.v1
    card = v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    v1.customers.update(customer, {"invoice_settings": {"default_payment_method": card}})
    items = [{"price": prices[0], "quantity": 4}, {"price": prices[0]}]
    made = v1.subscriptions.create({"customer": customer, "items": items[:1], "metadata": {"deal": "7"}})
    record.keep("customer_subscription_created__one_item", "customer_subscription_updated__active")
    v1.subscriptions.update(made.id, {"cancel_at_period_end": True})
    record.keep("customer_subscription_updated__cancels_later")
    v1.subscriptions.cancel(made.id)
    record.keep("customer_subscription_deleted__plain")
    v1.subscriptions.create({"customer": customer, "items": items[:1], "trial_period_days": 14})
    record.keep("customer_subscription_created__trial")
