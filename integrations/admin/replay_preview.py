"""The page that shows what a replay of an event would change, without changing anything."""

import json
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.decorators import action

from billing.admin.labels import badge
from billing.admin.links import NOTHING, row_url
from billing.errors import Conflict
from integrations.admin import entity_links
from integrations.admin.json_display import redacted
from integrations.inbox import replays
from integrations.inbox.snapshots import Difference
from integrations.models import InboundEvent


@dataclass(frozen=True)
class Line:
    """One field of one row, as an operator reads it."""

    row: str
    field: str
    before: str
    after: str


def has_payload(event: InboundEvent) -> bool:
    """Returns whether the event still has its payload."""
    return event.pruned_at is None


def preview(self: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Makes a dry run of the event and shows its outcome with the table of changes."""
    event = InboundEvent.objects.select_related("connection").filter(pk=unquote(object_id)).first()
    if event is None:
        raise Http404
    try:
        dry_run = replays.preview_one(event, timezone.now())
    except Conflict as refusal:
        messages.error(request, refusal.message)
        return redirect(row_url(event))
    context = {
        **self.admin_site.each_context(request),
        "opts": self.opts,
        "title": "Preview replay",
        "event": event,
        "event_url": row_url(event),
        "outcome": badge(dry_run.outcome),
        "reason": dry_run.reason,
        "lines": [_line(change) for change in dry_run.differences],
    }
    return TemplateResponse(request, "admin/integrations/replay_preview.html", context)


preview.__name__ = "preview_replay"
preview_replay = action(
    preview, description="Preview replay", permissions=["operate"], icon="preview", url_path="preview-replay"
)
preview_replay.offered = has_payload


def _line(change: Difference) -> Line:
    has_page = change.id and change.kind in entity_links.MODELS
    row = entity_links.link(change.kind, change.id or "") if has_page else f"{change.kind} {change.id}"
    row = row if change.id else f"new {change.kind}"
    return Line(row, change.field, _shown(change.before), _shown(change.after))


def _shown(value: Any) -> str:
    """Returns the value in one line, NOTHING for none."""
    if value in ("", None):
        return NOTHING
    return value if isinstance(value, str) else json.dumps(redacted(value), ensure_ascii=False)
