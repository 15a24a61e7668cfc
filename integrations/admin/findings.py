"""Findings in the admin: what differs, since when, how much money is at stake, and what to do next."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Case, F, QuerySet, When
from django.http import HttpRequest

from billing.admin.actions import on_row
from billing.admin.columns import neighbour, state
from billing.admin.rows import TAB
from integrations.admin.filters import KindFilter
from integrations.admin.finding_bulk import in_bulk
from integrations.admin.finding_columns import difference, next_step, what
from integrations.admin.finding_history import acceptance, conflict, others, repairs
from integrations.admin.finding_values import age, at_stake, ours, theirs
from integrations.admin.finding_views import FindingViews
from integrations.models import Finding
from integrations.models.findings import FindingState, Repair
from integrations.reconcile.repairing import accepting
from integrations.reconcile.repairing.bulk import SUGGESTED


def reopen_finding(_admin: Any, _request: HttpRequest, finding: Finding) -> str:
    """Lets it wait for somebody again."""
    accepting.reopen(finding.pk)
    return "The finding is open again."


@admin.register(Finding)
class FindingAdmin(FindingViews):
    how_rows_come = "A finding comes when a comparison sees that both sides differ."
    list_display = [state("state"), what, difference, ours, theirs, at_stake, age, next_step]
    list_display_links = [state("state"), difference]
    list_select_related = ["connection"]
    search_fields = ["entity_id__exact", "provider_entity_id__exact", "id__exact", "field__exact", "label"]
    named_by = ("pk", "entity_id", "provider_entity_id")
    search_help_text = "Id in FlexSync or at the provider, name, or field"
    list_filter = ["state", "kind", KindFilter, "suggested", "connection", "found_at"]
    readonly_fields = [
        state("state"), what, difference, ours, theirs, at_stake, age, next_step, repairs, acceptance, conflict, others,
    ]  # fmt: skip
    fieldsets = [
        (None, {"fields": [(what, difference), (ours, theirs), (at_stake, age), "why", next_step, repairs]}),
        (None, {"fields": [(state("state"), acceptance), (others, conflict)]}),
        ("Origin", {"fields": [("connection", neighbour("run")), ("kind", "id")], **TAB}),
        ("Times", {"fields": [("found_at", "seen_at"), ("healed_at", "asked_at")], **TAB}),
    ]
    actions = ["suggested_selected", "take_selected", "push_selected", "accept_selected"]
    actions_detail: Sequence[str | dict[str, Any]] = ("take", "push", "accept", "reopen")

    suggested_selected = in_bulk(SUGGESTED)
    take_selected = in_bulk(Repair.TAKE.value)
    push_selected = in_bulk(Repair.PUSH.value)
    accept_selected = in_bulk(Repair.ACCEPT.value)
    reopen = on_row(
        "Open again",
        explanation="It waits for somebody again.",
        icon="undo",
        offered=lambda finding: finding.state == FindingState.ACCEPTED,
    )(reopen_finding)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Finding]:
        """Reads the repairs of all shown findings at once."""
        return super().get_queryset(request).prefetch_related("repairs")

    def get_ordering(self, request: HttpRequest) -> Any:
        """Puts the open ones first, those with the most money at stake at the top."""
        most = F("amount_at_stake").desc(nulls_last=True)
        return [Case(When(state=FindingState.OPEN, then=0), default=1).asc(), most, "-found_at", "-id"]
