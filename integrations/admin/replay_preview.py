"""The page that shows what replaying an event would change, without changing it."""

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
    """Whether there is still something to apply."""
    return event.pruned_at is None


def preview(self: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Rehearses the event and shows its outcome with the table of differences."""
    event = InboundEvent.objects.select_related("connection").filter(pk=unquote(object_id)).first()
    if event is None:
        raise Http404
    try:
        rehearsal = replays.preview_one(event, timezone.now())
    except Conflict as refusal:
        messages.error(request, refusal.message)
        return redirect(row_url(event))
    context = {
        **self.admin_site.each_context(request),
        "opts": self.opts,
        "title": "Preview replay",
        "event": event,
        "event_url": row_url(event),
        "outcome": badge(rehearsal.outcome),
        "reason": rehearsal.reason,
        "lines": [_line(one) for one in rehearsal.differences],
    }
    return TemplateResponse(request, "admin/integrations/replay_preview.html", context)


preview.__name__ = "preview_replay"
preview_replay = action(
    preview, description="Preview replay", permissions=["operate"], icon="preview", url_path="preview-replay"
)
preview_replay.offered = has_payload


def _line(one: Difference) -> Line:
    known = one.id and one.kind in entity_links.MODELS
    row = entity_links.link(one.kind, one.id or "") if known else f"{one.kind} {one.id}"
    return Line(row if one.id else f"new {one.kind}", one.field, _shown(one.before), _shown(one.after))


def _shown(value: Any) -> str:
    """The value in one line, NOTHING for none."""
    if value in ("", None):
        return NOTHING
    return value if isinstance(value, str) else json.dumps(redacted(value), ensure_ascii=False)
