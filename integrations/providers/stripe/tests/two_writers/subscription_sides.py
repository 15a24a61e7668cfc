"""A subscription as both sides show it, by the same names."""

from typing import Any

from billing.events import Kind
from billing.models import Subscription
from integrations.models import EntityMapping

OWN = ("flexprice_subscription_id", "flexprice_customer_id", "sync_source")


def stripe_id(kind: Kind, entity_id: str) -> str:
    """The counterpart's id."""
    return EntityMapping.objects.get(entity_type=kind, entity_id=entity_id).provider_entity_id


def here(subscription: Subscription) -> dict[str, Any]:
    """As FlexSync has it."""
    row = Subscription.objects.get(pk=subscription.pk)
    items = [(stripe_id(Kind.PRICE, item.price_id), int(item.quantity)) for item in row.items.all()]
    return {
        "items": sorted(items),
        "status": row.status,
        "cancel_at_period_end": row.cancel_at_period_end,
        "cancel_at": row.cancel_at and int(row.cancel_at.timestamp()),
        "trial_end": row.trial_end and int(row.trial_end.timestamp()),
        "collection": (row.collection_method, row.days_until_due),
        "metadata": dict(row.metadata),
    }


def there(stripe_api: Any, subscription: Subscription) -> dict[str, Any]:
    """As Stripe has it."""
    found = stripe_api.v1.subscriptions.retrieve(stripe_id(Kind.SUBSCRIPTION, subscription.pk))
    metadata = found.metadata.to_dict()
    return {
        "items": sorted((item.price.id, item.quantity) for item in found["items"].data),
        "status": "paused" if found.pause_collection else found.status.replace("canceled", "cancelled"),
        "cancel_at_period_end": found.cancel_at_period_end,
        "cancel_at": found.cancel_at,
        "trial_end": found.trial_end,
        "collection": (found.collection_method, found.days_until_due),
        "metadata": {key: metadata[key] for key in metadata if key not in OWN},
    }
