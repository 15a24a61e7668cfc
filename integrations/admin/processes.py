"""Processes in the admin: which there are, since when, of which version, and which have fallen silent."""

from django.contrib import admin
from django.utils import timezone

from billing.admin.labels import badge
from billing.admin.rows import ReadOnlyAdmin
from integrations.models import Process
from integrations.processes import silence


@admin.display(description="State")
def state(process: Process) -> str:
    """Returns whether it has said lately that it lives."""
    return badge("alive" if process.seen_at >= timezone.now() - silence.SILENT_AFTER else "silent")


@admin.register(Process)
class ProcessAdmin(ReadOnlyAdmin):
    how_rows_come = (
        "Each process says that it lives within ten seconds of its start. See docs/operations.md "
        "for how to start them."
    )
    list_display = ["name", state, "kind", "pid", "version", "started_at", "seen_at", "worked_at"]
    search_fields = ["name", "host"]
    search_help_text = "Name or host of a process"
    list_filter = ["kind"]
    readonly_fields = [state]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("name", state),
                    ("kind", "version"),
                    ("host", "pid"),
                    ("started_at", "seen_at", "worked_at"),
                    "id",
                ]
            },
        )
    ]
