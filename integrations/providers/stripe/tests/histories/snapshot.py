"""Snapshots to compare: of the rows of an environment, and of the objects at Stripe, both by Stripe's ids."""

from decimal import Decimal
from typing import Any

from billing.models import Customer, Payment, Plan, Price, Subscription
from integrations.models import Connection, EntityMapping
from integrations.providers.stripe.tests.histories.shop import Shop

Snapshot = dict[str, dict[str, Any]]
CENTS = 100
ENDED = ("canceled", "incomplete_expired")


def here(connection: Connection) -> Snapshot:
    """The environment's rows, by Stripe's ids."""
    mappings = EntityMapping.objects.filter(connection=connection, entity_id__gt="")
    provider_ids = dict(mappings.values_list("entity_id", "provider_entity_id"))
    environment = connection.environment_id
    return {
        "customers": {
            provider_ids[row.id]: (row.name, row.email, row.status, row.metadata)
            for row in Customer.objects.filter(environment=environment)
        },
        "products": {
            provider_ids[row.id]: (row.name, row.status)
            for row in Plan.objects.filter(environment=environment)
        },
        "prices": {
            provider_ids[row.id]: (provider_ids[row.plan_id], row.unit_amount, row.currency, row.status)
            for row in Price.objects.filter(environment=environment)
        },
        "subscriptions": {
            provider_ids[row.id]: (
                provider_ids[row.customer_id],
                row.status,
                row.cancel_at_period_end,
                [(provider_ids[item.price_id], item.quantity) for item in row.items.all()],
            )
            for row in Subscription.objects.filter(environment=environment).prefetch_related("items")
        },
        "payments": {
            row.gateway_payment_id: (
                provider_ids[row.customer_id],
                row.status,
                row.amount_refunded,
                row.amount,
            )
            for row in Payment.objects.filter(environment=environment)
        },
    }


def there(shop: Shop) -> Snapshot:
    """Stripe's objects in the same form, without deleted ones, which Stripe does not list."""
    return {
        "payments": {
            one.id: (one.customer, *_money(one), Decimal(one.amount) / CENTS)
            for one in shop.objects("payment_intents")
            if one.status == "succeeded"
        },
        "customers": {
            one.id: (one.name or "", one.email or "", "active", one.metadata.to_dict())
            for one in shop.objects("customers")
        },
        "products": {one.id: (one.name, _status(one.active)) for one in shop.objects("products")},
        "prices": {
            one.id: (
                one.product,
                Decimal(one.unit_amount) / CENTS,
                one.currency.upper(),
                _status(one.active),
            )
            for one in shop.objects("prices")
        },
        "subscriptions": {
            one.id: (
                one.customer,
                _subscription_status(one),
                one.cancel_at_period_end,
                [(item.price.id, Decimal(item.quantity)) for item in one["items"].data],
            )
            for one in shop.objects("subscriptions")
        },
    }


def _status(active: bool) -> str:
    return "active" if active else "archived"


def _subscription_status(subscription: Any) -> str:
    if subscription.status in ENDED:
        return "cancelled"
    is_paused = subscription.pause_collection and subscription.status != "incomplete"
    return "paused" if is_paused else str(subscription.status)


def _money(intent: Any) -> tuple[str, Decimal]:
    back = Decimal(intent.latest_charge.amount_refunded)
    status = "succeeded" if not back else "refunded" if back == intent.amount else "partially_refunded"
    return status, back / CENTS
