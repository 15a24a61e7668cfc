"""Bulk syncs in the admin: how far each is, what failed and why; pause, resume and cancel."""

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
from billing.admin.rows import TAB
from billing.errors import BillingError
from integrations.admin import entity_links
from integrations.admin.csv_files import Table
from integrations.admin.filters import KindFilter
from integrations.admin.long_work import LongWorkAdmin
from integrations.errors import SyncError
from integrations.models import OutboundSync, SyncRun
from integrations.outbox import bulk_syncs


def pause_bulk_sync(_admin: Any, _request: HttpRequest, run: SyncRun) -> str:
    """Starts no more syncs for now."""
    bulk_syncs.pause(run.pk)
    return f"{run} is paused. Syncs that are under way continue."


def resume_bulk_sync(_admin: Any, _request: HttpRequest, run: SyncRun) -> str:
    """Continues where it was paused."""
    bulk_syncs.resume(run.pk)
    return f"{run} is running again."


def cancel_bulk_sync(_admin: Any, _request: HttpRequest, run: SyncRun) -> str:
    """Starts no more syncs, for good."""
    bulk_syncs.cancel(run.pk, timezone.now())
    return f"{run} is cancelled. Syncs that are under way continue."


@remembered
@admin.display(description="Progress")
def progress(run: SyncRun) -> SafeString:
    """Returns a progress bar with its figures."""
    found = bulk_syncs.progress(run)
    figures = {
        "progress": found,
        "percent": round(100 * found.settled / found.total) if found.total else 100,
        "pace": None if run.settled_at else bulk_syncs.pace(run, found, timezone.now()),
    }
    return render_to_string("admin/integrations/bulk_sync_progress.html", figures)


@remembered
@admin.display(description="Failures, by cause")
def failures(run: SyncRun) -> SafeString:
    """Returns each reason with how many syncs failed for it, and one of them."""
    found = [
        (failure, entity_links.link(run.entity_type, failure.entity_id), _sync_url(failure.sync_id))
        for failure in bulk_syncs.failures(run)
    ]
    syncs = list_url(OutboundSync, run=run.pk)
    return render_to_string(
        "admin/integrations/bulk_sync_failures.html", {"failures": found, "syncs_url": syncs}
    )


def _sync_url(sync_id: str) -> str:
    return row_url(OutboundSync(pk=sync_id))


@admin.register(SyncRun)
class BulkSyncAdmin(LongWorkAdmin):
    live = (progress, failures)
    csv = Table("All failures as CSV", ("row", "sync", "state", "reason"), bulk_syncs.failed_rows)
    how_rows_come = "A bulk sync comes from the action Sync on a selection in a list, or from POST /v1/syncs."
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
    fieldsets = [
        (None, {"fields": [("entity_type", "total")]}),
        ("Origin", {"fields": [("connection", "started_by"), ("choice", "id")], **TAB}),
        ("Times", {"fields": [("created_at", "settled_at")], **TAB}),
    ]
    actions_detail = ("pause", "resume", "cancel")

    pause = on_row(
        "Pause",
        explanation="No more syncs are started until you resume it. Those that are under way continue.",
        icon="pause",
        offered=lambda run: run.state == "running",
    )(pause_bulk_sync)
    resume = on_row(
        "Resume",
        explanation="The bulk sync continues where it was paused.",
        icon="play_arrow",
        offered=lambda run: run.state == "paused",
        variant=ActionVariant.PRIMARY,
    )(resume_bulk_sync)
    cancel = on_row(
        "Cancel bulk sync",
        explanation="No more syncs are started. Those that are under way continue. This cannot be undone.",
        icon="cancel",
        offered=lambda run: run.settled_at is None,
        variant=ActionVariant.DANGER,
    )(cancel_bulk_sync)
