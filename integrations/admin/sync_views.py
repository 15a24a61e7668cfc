"""The pages behind the sync panel's buttons: sync a row now, or preview the calls that this would make."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_POST

from billing.admin.links import to_row
from billing.admin.rows import ReadOnlyAdmin
from billing.events import Kind
from integrations.admin import entity_links, provider_links
from integrations.admin.json_display import folded
from integrations.admin.sync_steps import worded
from integrations.errors import SyncError
from integrations.models import Connection
from integrations.outbox import dry_run, syncs
from integrations.outbox.dry_run import PlannedCall


class SyncViews(ReadOnlyAdmin):
    """Both views take ``connection``, ``kind`` and ``entity``, and need the permission to operate syncs."""

    def get_urls(self) -> list[URLPattern]:
        """Adds the two views."""
        views = {"stage": require_POST(self.stage_view), "preview": require_GET(self.preview_view)}
        prefix = f"{self.opts.app_label}_{self.opts.model_name}"
        own = [
            path(f"{name}/", self.admin_site.admin_view(view), name=f"{prefix}_{name}")
            for name, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def stage_view(self, request: HttpRequest) -> HttpResponse:
        """Requests a sync of the posted row, in the operator's name."""
        connection, kind, entity = self._target(request, request.POST)
        with transaction.atomic():
            sync = syncs.request(
                connection_id=connection.pk,
                kind=kind,
                entity_id=entity.pk,
                started_by=request.user.get_username(),
            )
        messages.success(request, format_html("{} is queued. A worker sends it.", to_row(sync)))
        return redirect(entity_links.url(kind, entity.pk))

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """Shows the calls that a sync of the row would make, and makes none."""
        connection, kind, entity = self._target(request, request.GET)
        calls, refusal = _planned(connection, kind, entity.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Preview sync to {provider_links.label(connection.provider)}",
            "calls": [(worded(call), folded("Parameters", dict(call.params), opened=True)) for call in calls],
            "refusal": refusal,
            "connection": connection,
            "provider": provider_links.label(connection.provider),
            "kind": kind.value,
            "entity": entity,
            "entity_url": entity_links.url(kind, entity.pk),
        }
        return TemplateResponse(request, "admin/integrations/sync_preview.html", context)

    def _target(self, request: HttpRequest, query: QueryDict) -> tuple[Connection, Kind, Model]:
        """Returns the connection, and the row of its environment; raises PermissionDenied or Http404."""
        if not self.has_operate_permission(request):
            raise PermissionDenied
        connection = get_object_or_404(Connection, pk=query.get("connection"))
        kind: Any = query.get("kind", "")
        if kind not in entity_links.MODELS:
            raise Http404
        row = {"pk": query.get("entity", ""), "environment": connection.environment_id}
        return connection, Kind(kind), get_object_or_404(entity_links.MODELS[kind], **row)


def _planned(connection: Connection, kind: Kind, entity_id: str) -> tuple[list[PlannedCall], str]:
    """Returns the calls, and why there are none."""
    try:
        return dry_run.plan(connection, kind, entity_id), ""
    except SyncError as refusal:
        return [], str(refusal)
