"""Imports in the admin: how far each is and what became of its objects; pause, resume and cancel."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.enums import ActionVariant

from billing.admin.actions import on_row
from billing.admin.columns import flag, neighbour, state
from billing.admin.rows import TAB
from billing.errors import BillingError
from integrations.admin.causes import of_import
from integrations.admin.csv_files import Table
from integrations.admin.import_columns import (
    FINDING_COLUMNS,
    findings,
    found_rows,
    links,
    lists,
    objects,
    progress_bar,
)
from integrations.admin.import_link_actions import LinkActions
from integrations.admin.long_work import LongWorkAdmin
from integrations.errors import SyncError
from integrations.models import ImportRun
from integrations.reconcile.importing import runs


def pause_import(_admin: Any, _request: HttpRequest, run: ImportRun) -> str:
    """Begins no other page for now."""
    runs.pause(run.pk)
    return f"The {run} is paused."


def resume_import(_admin: Any, _request: HttpRequest, run: ImportRun) -> str:
    """Goes on where it was paused."""
    runs.resume(run.pk)
    return f"The {run} goes on."


def cancel_import(_admin: Any, _request: HttpRequest, run: ImportRun) -> str:
    """Ends it, for good."""
    runs.cancel(run.pk, timezone.now())
    return f"The {run} is cancelled. What it brought here stays."


@admin.register(ImportRun)
class ImportAdmin(LinkActions, LongWorkAdmin):
    live = (progress_bar, lists, links, of_import, findings)
    csv = Table("All that needs a person as CSV", FINDING_COLUMNS, found_rows)
    how_rows_come = "An import is started on a connection's page, from the API, or by manage.py import_from."
    refusals = (BillingError, SyncError)
    list_display = [
        "created_at",
        neighbour("connection"),
        state("state"),
        flag("dry_run"),
        objects,
        "started_by",
    ]
    list_select_related = ["connection"]
    search_fields = ["id__exact", "started_by"]
    search_help_text = "Id of an import, or who started it"
    list_filter = ["state", "dry_run", "connection", "created_at"]
    fieldsets = [
        (None, {"fields": ["connection"]}),
        ("Origin", {"fields": [("dry_run", "since"), ("started_by", "id")], **TAB}),
        ("Times", {"fields": [("created_at", "settled_at"), "next_attempt_at"], **TAB}),
    ]
    actions_detail = (*LinkActions.actions_detail, "pause", "resume", "cancel")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportRun]:
        """Reads the lists of all shown imports at once."""
        return super().get_queryset(request).prefetch_related("parts")

    pause = on_row(
        "Pause",
        explanation="The page under way is finished, and no other begins until you resume it.",
        icon="pause",
        offered=lambda run: run.state == "running",
    )(pause_import)
    resume = on_row(
        "Resume",
        explanation="The import continues where it was paused.",
        icon="play_arrow",
        offered=lambda run: run.state == "paused",
        variant=ActionVariant.PRIMARY,
    )(resume_import)
    cancel = on_row(
        "Cancel import",
        explanation="Nothing more is brought here; what has been stays. This cannot be undone.",
        icon="cancel",
        offered=lambda run: run.settled_at is None,
        variant=ActionVariant.DANGER,
    )(cancel_import)
