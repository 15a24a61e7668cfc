"""Links from an event to what it is about: mapped rows, and payments that carry the object's id."""

from django.contrib import admin
from django.db.models import Q
from django.utils.safestring import SafeString

from billing.admin.columns import remembered
from billing.admin.links import NOTHING, joined, to_row
from billing.models import Payment
from integrations.admin import entity_links, provider_links
from integrations.models import EntityMapping, InboundEvent


@remembered
@admin.display(description="About")
def related(event: InboundEvent) -> str:
    """Returns links to FlexSync's rows, to their counterparts at the provider, and to the mappings."""
    found = [*_mapped(event), *_payments(event)]
    if found:
        return joined([SafeString(part) for part in found])
    return f"{event.object_id} (not in FlexSync)" if event.object_id else NOTHING


def _mapped(event: InboundEvent) -> list[str]:
    mappings = EntityMapping.objects.filter(
        connection_id=event.connection_id, provider_entity_id=event.object_id
    ).select_related("connection")
    return [
        part
        for mapping in mappings
        for part in (
            entity_links.link(mapping.entity_type, mapping.entity_id),
            provider_links.link(mapping.connection, mapping.entity_type, event.object_id),
            to_row(mapping),
        )
    ]


def _payments(event: InboundEvent) -> list[str]:
    """Returns links to the payments that carry the object's id as a gateway id."""
    if not event.object_id:
        return []
    known_as = Q(gateway_payment_id=event.object_id) | Q(gateway_session_id=event.object_id)
    connection = event.connection
    known = {"environment": connection.environment_id, "gateway": connection.provider}
    return [to_row(row) for row in Payment.objects.filter(known_as, **known)]
