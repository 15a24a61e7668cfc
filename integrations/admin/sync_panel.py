"""The panel under billing's rows: where each connection stands with the row, and a button to sync it now."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from billing.admin.labels import badge
from billing.admin.links import NOTHING, list_url
from billing.events import Kind
from billing.models import Payment
from integrations.admin import entity_links, provider_links
from integrations.models import Connection, EntityMapping, InboundEvent, OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.provider_api import registry


@dataclass(frozen=True)
class Stand:
    """Where one connection stands with one row."""

    connection: Connection
    provider: str
    twin: str
    events_url: str
    sync: OutboundSync | None
    state: SafeString | str
    pushes: bool
    preview_url: str


def sync_panel(request: HttpRequest, kind: Kind, entity_id: str) -> str:
    """The panel's HTML; nothing when the row's environment has no connection."""
    stands = _stands(kind, entity_id)
    if not stands:
        return ""
    context = {
        "stands": stands,
        "kind": kind.value,
        "entity_id": entity_id,
        "syncs_url": list_url(OutboundSync, q=entity_id),
        "may_sync": request.user.has_perm("integrations.change_outboundsync"),
    }
    return render_to_string("admin/integrations/sync_panel.html", context, request)


def _stands(kind: Kind, entity_id: str) -> list[Stand]:
    environment = entity_links.MODELS[kind]._default_manager.filter(pk=entity_id).values("environment")
    connections = list(
        Connection.objects.filter(environment__in=environment).exclude(status=ConnectionStatus.ARCHIVED)
    )
    twins = _twins(kind, entity_id, connections)
    newest = OutboundSync.objects.filter(entity_type=kind.value, entity_id=entity_id).order_by(
        "connection_id", "-created_at", "-id"
    )
    syncs = {row.connection_id: row for row in newest.distinct("connection_id")}
    return [_stand(one, kind, entity_id, twins.get(one.pk, ""), syncs.get(one.pk)) for one in connections]


def _twins(kind: Kind, entity_id: str, connections: list[Connection]) -> dict[str, str]:
    """The twin's id by connection, from the mappings; a payment also knows its gateway's id itself."""
    pairs = EntityMapping.objects.filter(entity_type=kind.value, entity_id=entity_id)
    known = dict(pairs.values_list("connection_id", "provider_entity_id"))
    if known or kind != Kind.PAYMENT:
        return known
    gateway, theirs = Payment.objects.values_list("gateway", "gateway_payment_id").get(pk=entity_id)
    return {one.pk: theirs for one in connections if one.provider == gateway}


def _stand(
    connection: Connection, kind: Kind, entity_id: str, theirs: str, sync: OutboundSync | None
) -> Stand:
    page = reverse("admin:integrations_outboundsync_preview")
    provider = registry.providers().get(connection.provider)
    return Stand(
        connection=connection,
        provider=provider_links.label(connection.provider),
        twin=provider_links.link(connection, kind, theirs) or NOTHING,
        events_url=list_url(InboundEvent, q=theirs) if theirs else "",
        sync=sync,
        state=badge(sync.state) if sync else "never synced",
        pushes=provider is not None and kind in provider.pushes,
        preview_url=f"{page}?{urlencode({'connection': connection.pk, 'kind': kind.value, 'entity': entity_id})}",
    )
