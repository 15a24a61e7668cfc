"""Comparisons in the admin: how far each is, what it found, and the trend; pause, resume and cancel."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.enums import ActionVariant

from billing.admin.actions import on_row
from billing.admin.columns import neighbour, state
from billing.admin.rows import TAB
from billing.errors import BillingError
from integrations.admin.causes import of_comparison
from integrations.admin.comparison_columns import (
    FINDING_COLUMNS,
    found_rows,
    lists,
    money_at_stake,
    progress_bar,
    result,
    trend,
)
from integrations.admin.csv_files import Table
from integrations.admin.long_work import LongWorkAdmin
from integrations.errors import SyncError
from integrations.models import ComparisonRun
from integrations.reconcile.comparing import runs


def pause_comparison(_admin: Any, _request: HttpRequest, run: ComparisonRun) -> str:
    """Begins no other page for now."""
    runs.pause(run.pk)
    return f"The {run} is paused."


def resume_comparison(_admin: Any, _request: HttpRequest, run: ComparisonRun) -> str:
    """Goes on where it was paused."""
    runs.resume(run.pk)
    return f"The {run} goes on."


def cancel_comparison(_admin: Any, _request: HttpRequest, run: ComparisonRun) -> str:
    """Ends it, for good."""
    runs.cancel(run.pk, timezone.now())
    return f"The {run} is cancelled. The findings stay as they were."


@admin.register(ComparisonRun)
class ComparisonAdmin(LongWorkAdmin):
    live = (progress_bar, result, of_comparison, lists)
    csv = Table("All open findings as CSV", FINDING_COLUMNS, found_rows)
    how_rows_come = "A comparison is started on a connection's page, and by itself once a day."
    refusals = (BillingError, SyncError)
    list_display = [
        "created_at",
        neighbour("connection"),
        state("state"),
        "objects_seen",
        "found",
        "new",
        "healed",
        money_at_stake,
        "started_by",
    ]
    list_select_related = ["connection"]
    search_fields = ["id__exact", "started_by"]
    search_help_text = "Id of a comparison, or who started it"
    list_filter = ["state", "connection", "created_at"]
    readonly_fields = [trend]
    fieldsets = [
        (None, {"fields": ["connection", trend]}),
        ("Origin", {"fields": [("calls", "started_by"), "id"], **TAB}),
        ("Times", {"fields": [("created_at", "read_at"), ("settled_at", "next_attempt_at")], **TAB}),
    ]
    actions_detail = ("pause", "resume", "cancel")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ComparisonRun]:
        """Reads the lists of all shown comparisons at once."""
        return super().get_queryset(request).prefetch_related("parts")

    pause = on_row(
        "Pause",
        explanation="The page under way is finished, and no other begins until you resume it.",
        icon="pause",
        offered=lambda run: run.state in ("running", "settling"),
    )(pause_comparison)
    resume = on_row(
        "Resume",
        explanation="The comparison continues where it was paused.",
        icon="play_arrow",
        offered=lambda run: run.state == "paused",
        variant=ActionVariant.PRIMARY,
    )(resume_comparison)
    cancel = on_row(
        "Cancel comparison",
        explanation="It ends now; the findings stay as they were. This cannot be undone.",
        icon="cancel",
        offered=lambda run: run.settled_at is None,
        variant=ActionVariant.DANGER,
    )(cancel_comparison)
