"""Bulk repairs in the admin: how far each is, what was asked for, and what was left out and why."""

from collections.abc import Mapping

from django.contrib import admin
from django.utils.html import format_html_join

from billing.admin.columns import remembered
from billing.admin.links import NOTHING
from integrations.admin.long_work import LongWorkAdmin
from integrations.models import RepairBatch


@admin.display(description="Looked at")
def progress(batch: RepairBatch) -> str:
    """Returns how many of the findings a worker has looked at."""
    return f"{batch.done} of {batch.total}"


@remembered
@admin.display(description="Asked for")
def asked(batch: RepairBatch) -> str:
    """Returns how many repairs were asked for, by repair."""
    return _counts(batch.asked)


@remembered
@admin.display(description="Left out")
def refused(batch: RepairBatch) -> str:
    """Returns how many findings were left out, by why."""
    return _counts(batch.refused)


def _counts(found: Mapping[str, int]) -> str:
    lines = sorted(found.items(), key=lambda one: -one[1])
    return format_html_join("", '<span class="block">{}: {}</span>', lines) if lines else NOTHING


@admin.register(RepairBatch)
class RepairBatchAdmin(LongWorkAdmin):
    live = (progress, asked, refused)
    how_rows_come = "A bulk repair comes from an action on a selection of findings."
    list_display = ["created_at", "repair", progress, asked, "asked_by", "settled_at"]
    search_fields = ["id__exact", "asked_by"]
    search_help_text = "Id of a bulk repair, or who asked for it"
    list_filter = ["created_at"]
    fieldsets = [
        (None, {"fields": [("repair", "total"), ("asked_by", "id"), ("created_at", "settled_at")]}),
    ]
