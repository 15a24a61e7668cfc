"""What people have said of groups of problems: who has them, notes, and what was dismissed."""

from django.contrib import admin

from billing.admin.columns import prose
from integrations.admin.triage_pages import TriagePages
from integrations.models import TriageMark


@admin.register(TriageMark)
class TriageMarkAdmin(TriagePages):
    list_display = [
        "updated_at",
        prose("title"),
        "assigned_to",
        prose("note"),
        "dismissed_by",
        "dismissed_at",
    ]
    list_display += [prose("dismissed_reason")]
    search_fields = ["title", "note", "assigned_to", "dismissed_by", "dismissed_reason"]
    search_help_text = "Words of the problem, of a note or reason, or who has it or dismissed it"
    list_filter = ["environment", "dismissed_at", "updated_at"]
    fieldsets = [
        (None, {"fields": ["title", ("environment", "updated_at"), "assigned_to", "note"]}),
        ("Dismissed", {"fields": [("dismissed_by", "dismissed_at"), "dismissed_reason", "key"]}),
    ]
