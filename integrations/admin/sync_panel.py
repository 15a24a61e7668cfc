"""The panel under billing's rows: the state of the sync at each connection, and a button to sync now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from billing.admin.labels import badge
from billing.admin.links import list_url
from billing.events import Kind
from integrations.admin import (
    conflict_panel,
    field_names,
    gone_panel,
    look_views,
    provider_links,
    rights,
    row_at_connections,
)
from integrations.admin.conflict_columns import shown
from integrations.admin.conflict_panel import Shown
from integrations.admin.row_at_connections import RowAtConnections
from integrations.mappings.differences import OPEN, Difference, differences
from integrations.models import Conflict, Connection, EntityMapping, InboundEvent, OutboundSync
from integrations.provider_api import registry


@dataclass(frozen=True)
class SyncStatus:
    """The state of one row's sync at one connection."""

    connection: Connection
    provider: str
    counterpart: str
    events_url: str
    sync: OutboundSync | None
    state: SafeString | str
    can_sync: bool
    preview_url: str
    mapping_url: str
    link_url: str
    look_url: str
    differences: list[Difference]
    conflicts: Sequence[Shown]


def sync_panel(request: HttpRequest, kind: Kind, row: Any) -> str:
    """Returns the panel's HTML, "" when the row's environment has no connection."""
    known = row_at_connections.of(kind, row)
    statuses = _statuses(known)
    if not statuses:
        return ""
    context = {
        "statuses": statuses,
        "kind": kind.value,
        "entity_id": row.pk,
        "syncs_url": list_url(OutboundSync, q=row.pk),
        "conflicts_url": list_url(Conflict, q=row.pk),
        "may_sync": request.user.has_perm(rights.PUSH),
        "may_decide_conflicts": request.user.has_perm("integrations.change_conflict"),
        "may_link": request.user.has_perm("integrations.change_entitymapping"),
        **gone_panel.of(request, known.gone),
    }
    return render_to_string("admin/integrations/sync_panel.html", context, request)


def _statuses(known: RowAtConnections) -> list[SyncStatus]:
    kind, provider_ids = known.kind, _provider_ids(known)
    apart = {one.connection_id: differences(one) for one in known.mappings}
    mapping_ids = {one.connection_id: one.pk for one in known.mappings if kind in look_views.KINDS}
    conflicts = conflict_panel.by_connection(known.conflicts)
    return [
        _status(
            found,
            kind,
            known.row.pk,
            provider_ids.get(found.pk, ""),
            mapping_ids.get(found.pk, ""),
            known.syncs.get(found.pk),
            apart.get(found.pk, []),
            conflicts.get(found.pk, ()),
        )
        for found in known.connections
    ]


def _provider_ids(known: RowAtConnections) -> dict[str, str]:
    """Returns the provider's ids by connection, from the mappings or from the payment itself."""
    if known.mappings or known.kind != Kind.PAYMENT:
        return {one.connection_id: one.provider_entity_id for one in known.mappings}
    payment = known.row
    return {
        one.pk: payment.gateway_payment_id for one in known.connections if one.provider == payment.gateway
    }


def _status(
    connection: Connection,
    kind: Kind,
    entity_id: str,
    provider_id: str,
    mapping_id: str,
    sync: OutboundSync | None,
    apart: list[Difference],
    conflicts: Sequence[Shown],
) -> SyncStatus:
    page, link = (
        reverse(f"admin:integrations_{name}") for name in ("outboundsync_preview", "entitymapping_link")
    )
    provider = registry.providers().get(connection.provider)
    named = {"connection": connection.pk, "kind": kind.value}
    return SyncStatus(
        connection=connection,
        provider=provider_links.label(connection.provider),
        counterpart=provider_links.link(connection, kind, provider_id) or "not known yet",
        events_url=list_url(InboundEvent, q=provider_id) if provider_id else "",
        sync=sync,
        state=badge(sync.state) if sync else "never synced",
        can_sync=provider is not None and kind in provider.pushes,
        preview_url=f"{page}?{urlencode({**named, 'entity': entity_id})}",
        mapping_url=list_url(EntityMapping, q=entity_id) if provider_id else "",
        link_url=f"{link}?{urlencode({**named, 'row': entity_id})}"
        if provider and kind in provider.links
        else "",
        look_url=look_views.address(mapping_id) if mapping_id else "",
        differences=[
            replace(
                one,
                field=field_names.named(
                    connection.pk, kind.value, entity_id, one.field, one.ours, one.theirs
                ),
                ours=shown(one.ours),
                theirs=shown(one.theirs),
            )
            for one in apart
            if one.reason != OPEN
        ],
        conflicts=conflicts,
    )
