"""Link candidates in the admin: a table that a person confirms, in bulk or one by one."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_POST
from unfold.enums import ActionVariant

from billing.admin.actions import on_row, on_selection
from billing.admin.columns import neighbour, state
from billing.admin.links import row_url
from billing.admin.rows import ReadOnlyAdmin
from billing.errors import BillingError
from integrations.admin.filters import KindFilter
from integrations.admin.going_back import back
from integrations.admin.link_candidate_columns import decision, ours, theirs
from integrations.errors import SyncError
from integrations.models import LinkCandidate
from integrations.models.link_candidates import LinkChoice
from integrations.reconcile.linking import decisions


def link_candidate(_admin: Any, request: HttpRequest, candidate: LinkCandidate) -> str:
    """Says that the two are counterparts."""
    _decide(request, candidate, LinkChoice.LINK)
    return f"{candidate} will be linked."


def keep_apart(_admin: Any, request: HttpRequest, candidate: LinkCandidate) -> str:
    """Says that they are not."""
    _decide(request, candidate, LinkChoice.APART)
    return f"{candidate.provider_entity_id} gets a row of its own."


def _decide(request: HttpRequest, candidate: LinkCandidate, choice: LinkChoice, entity_id: str = "") -> None:
    decisions.require_open(candidate.run)
    found = LinkCandidate.objects.filter(pk=candidate.pk)
    by, now = request.user.get_username(), timezone.now()
    decisions.decide(found, choice, by=by, now=now, entity_id=entity_id)


@admin.register(LinkCandidate)
class LinkCandidateAdmin(ReadOnlyAdmin):
    how_rows_come = "An import brings candidates where rows and objects without a counterpart look alike."
    refusals = (BillingError, SyncError)
    list_display = [state("grade"), theirs, ours, decision, neighbour("run")]
    list_select_related = ["run", "run__connection"]
    search_fields = [
        "provider_entity_id__exact",
        "entity_id__exact",
        "run__id__exact",
        "label",
        "entity_label",
    ]
    named_by = ("pk", "entity_id", "provider_entity_id")
    search_help_text = "Id in FlexSync or at the provider, id of an import, name or e-mail"
    list_filter = ["grade", "choice", KindFilter, "run__connection"]
    readonly_fields = [state("grade"), theirs, ours, decision]
    fieldsets = [(None, {"fields": [(state("grade"), decision), theirs, ours, ("run", "decided_at")]})]
    actions = ["link_selected", "apart_selected"]
    actions_detail = ("link", "apart")

    link_selected = on_selection("Link")(link_candidate)
    apart_selected = on_selection("Keep apart")(keep_apart)
    link = on_row(
        "Link",
        explanation="The two are counterparts, and no second row is made. Where they differ, the connection's settings of two writers decide, or leave it open.",
        icon="link",
        offered=lambda candidate: bool(candidate.entity_id),
        variant=ActionVariant.PRIMARY,
    )(link_candidate)
    apart = on_row(
        "Keep apart",
        explanation="The object gets a row of its own.",
        icon="link_off",
    )(keep_apart)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Notes whether the user may decide, so that others see no buttons."""
        may_decide = Value(self.has_operate_permission(request))
        rows: QuerySet[Any] = super().get_queryset(request).annotate(may_decide=may_decide)
        return rows

    def get_urls(self) -> list[URLPattern]:
        """Adds the address of the buttons that name one row of several."""
        view = self.admin_site.admin_view(require_POST(self.decide_view))
        return [
            path("<str:candidate_id>/decide/", view, name="integrations_linkcandidate_decide"),
            *super().get_urls(),
        ]

    def decide_view(self, request: HttpRequest, candidate_id: str) -> HttpResponse:
        """Links the object to the posted row."""
        if not self.has_operate_permission(request):
            raise PermissionDenied
        candidate = get_object_or_404(LinkCandidate.objects.select_related("run"), pk=candidate_id)
        row = request.POST.get("row", "")
        try:
            if row in {entity_id for entity_id, _, _ in candidate.rows}:
                _decide(request, candidate, LinkChoice.LINK, row)
                messages.success(request, f"{candidate.provider_entity_id} will be linked to {row}.")
        except BillingError as refusal:
            messages.error(request, f"{candidate}: {refusal}")
        return back(request, row_url(candidate))
