"""What of ours an event speaks of: the twins of its object, and the payments that carry its id."""

from django.contrib import admin
from django.db.models import Q
from django.utils.safestring import SafeString

from billing.admin.columns import remembered
from billing.admin.links import joined, to_row
from billing.models import Payment
from integrations.admin import entity_links, provider_links
from integrations.models import EntityMapping, InboundEvent


@remembered
@admin.display(description="Speaks of")
def touched(event: InboundEvent) -> str:
    """Links to our rows, to their twins there, and to the mappings between them."""
    found = [*_twins(event), *_payments(event)]
    return joined([SafeString(part) for part in found]) or f"{event.object_id} (nothing of ours)"


def _twins(event: InboundEvent) -> list[str]:
    pairs = EntityMapping.objects.filter(
        connection_id=event.connection_id, provider_entity_id=event.object_id
    ).select_related("connection")
    return [
        part
        for pair in pairs
        for part in (
            entity_links.link(pair.entity_type, pair.entity_id),
            provider_links.link(pair.connection, pair.entity_type, event.object_id),
            to_row(pair),
        )
    ]


def _payments(event: InboundEvent) -> list[str]:
    """Payments know the gateway's ids themselves."""
    if not event.object_id:
        return []
    known_as = Q(gateway_payment_id=event.object_id) | Q(gateway_session_id=event.object_id)
    connection = event.connection
    known = {"environment": connection.environment_id, "gateway": connection.provider}
    return [to_row(row) for row in Payment.objects.filter(known_as, **known)]
