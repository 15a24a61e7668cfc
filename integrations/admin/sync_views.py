"""The doors of the sync panel: push a row now, or preview the calls that this would make."""

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
from integrations.errors import SyncError
from integrations.models import Connection
from integrations.outbox import dry_run, syncs
from integrations.outbox.dry_run import PlannedCall


class SyncViews(ReadOnlyAdmin):
    """Both doors take ``connection``, ``kind`` and ``entity``, and are for whoever may operate syncs."""

    def get_urls(self) -> list[URLPattern]:
        """Adds the doors of the buttons on the pages of billing's rows."""
        doors = {"stage": require_POST(self.stage_view), "preview": require_GET(self.preview_view)}
        named = f"{self.opts.app_label}_{self.opts.model_name}"
        own = [
            path(f"{name}/", self.admin_site.admin_view(door), name=f"{named}_{name}")
            for name, door in doors.items()
        ]
        return [*own, *super().get_urls()]

    def stage_view(self, request: HttpRequest) -> HttpResponse:
        """Asks for a push of the posted row, in the name of whoever pressed the button."""
        connection, kind, entity = self._asked(request, request.POST)
        with transaction.atomic():
            sync = syncs.request(
                connection_id=connection.pk,
                kind=kind,
                entity_id=entity.pk,
                started_by=request.user.get_username(),
            )
        messages.success(request, format_html("{} waits for a worker.", to_row(sync)))
        return redirect(entity_links.url(kind, entity.pk))

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """Shows the calls that a push of the row would make, and makes none."""
        connection, kind, entity = self._asked(request, request.GET)
        calls, refusal = _planned(connection, kind, entity.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Preview sync to {provider_links.label(connection.provider)}",
            "calls": [(call, folded("Parameters", dict(call.params), opened=True)) for call in calls],
            "refusal": refusal,
            "connection": connection,
            "provider": provider_links.label(connection.provider),
            "kind": kind.value,
            "entity": entity,
            "entity_url": entity_links.url(kind, entity.pk),
        }
        return TemplateResponse(request, "admin/integrations/sync_preview.html", context)

    def _asked(self, request: HttpRequest, given: QueryDict) -> tuple[Connection, Kind, Model]:
        """The connection, and the row of its environment; raises PermissionDenied or Http404."""
        if not self.has_operate_permission(request):
            raise PermissionDenied
        connection = get_object_or_404(Connection, pk=given.get("connection"))
        kind: Any = given.get("kind", "")
        if kind not in entity_links.MODELS:
            raise Http404
        row = {"pk": given.get("entity", ""), "environment": connection.environment_id}
        return connection, Kind(kind), get_object_or_404(entity_links.MODELS[kind], **row)


def _planned(connection: Connection, kind: Kind, entity_id: str) -> tuple[list[PlannedCall], str]:
    """The calls, and why there are none."""
    try:
        return dry_run.plan(connection, kind, entity_id), ""
    except SyncError as refusal:
        return [], str(refusal)
