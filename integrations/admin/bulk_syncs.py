"""Bulk syncs in the admin: how far each is, what failed and why, and its brakes."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.enums import ActionVariant

from billing.admin.actions import on_row
from billing.admin.columns import neighbour, remembered, state
from billing.admin.links import list_url, row_url
from billing.admin.rows import TAB, ReadOnlyAdmin
from billing.errors import BillingError
from integrations.admin import entity_links
from integrations.admin.filters import KindFilter
from integrations.errors import SyncError
from integrations.models import OutboundSync, SyncRun
from integrations.outbox import bulk_syncs


def paused(_admin: Any, _request: HttpRequest, run: SyncRun) -> str:
    """Begins nothing more for now."""
    bulk_syncs.pause(run.pk)
    return f"{run} is paused."


def resumed(_admin: Any, _request: HttpRequest, run: SyncRun) -> str:
    """Goes on."""
    bulk_syncs.resume(run.pk)
    return f"{run} goes on."


def cancelled(_admin: Any, _request: HttpRequest, run: SyncRun) -> str:
    """Begins nothing more, ever."""
    bulk_syncs.cancel(run.pk, timezone.now())
    return f"{run} is cancelled."


@remembered
@admin.display(description="Progress")
def progress(run: SyncRun) -> SafeString:
    """A bar, and the figures."""
    said = bulk_syncs.progress(run)
    percent = round(100 * said.settled / said.total) if said.total else 100
    return render_to_string("admin/integrations/run_progress.html", {"said": said, "percent": percent})


@remembered
@admin.display(description="What failed")
def report(run: SyncRun) -> SafeString:
    """Each reason with how many it stopped, and one of them."""
    failures = [
        (one, entity_links.link(run.entity_type, one.entity_id), row_url(OutboundSync(pk=one.sync_id)))
        for one in bulk_syncs.failures(run)
    ]
    syncs = list_url(OutboundSync, run=run.pk)
    return render_to_string(
        "admin/integrations/run_failures.html", {"failures": failures, "syncs_url": syncs}
    )


@admin.register(SyncRun)
class BulkSyncAdmin(ReadOnlyAdmin):
    refusals = (BillingError, SyncError)
    list_display = [
        "created_at",
        "entity_type",
        state("state"),
        "total",
        "started_by",
        neighbour("connection"),
    ]
    list_select_related = ["connection"]
    search_fields = ["id__exact", "started_by"]
    search_help_text = "Id of a bulk sync, or who started it"
    list_filter = ["state", KindFilter, "connection", "created_at"]
    readonly_fields = [state("state"), progress, report]
    fieldsets = [
        (None, {"fields": [("entity_type", state("state")), progress, report, "reason"]}),
        ("Origin", {"fields": [("connection", "started_by"), ("choice", "id")], **TAB}),
        ("Times", {"fields": [("created_at", "settled_at")], **TAB}),
    ]
    actions_detail = ("pause", "resume", "cancel")

    pause = on_row(
        "Pause",
        explanation="Nothing more is begun until it is resumed. What is under way goes on.",
        icon="pause",
        offered=lambda run: run.state == "running",
    )(paused)
    resume = on_row(
        "Resume",
        explanation="It goes on where it was paused.",
        icon="play_arrow",
        offered=lambda run: run.state == "paused",
        variant=ActionVariant.PRIMARY,
    )(resumed)
    cancel = on_row(
        "Cancel bulk sync",
        explanation="Nothing more is begun, ever. What is under way goes on.",
        icon="cancel",
        offered=lambda run: run.settled_at is None,
        variant=ActionVariant.DANGER,
    )(cancelled)
