"""Link candidates in the admin: a table that a person confirms, in bulk or one by one."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from unfold.enums import ActionVariant

from billing.admin.actions import on_row, on_selection
from billing.admin.columns import neighbour, state
from billing.admin.rows import ReadOnlyAdmin
from billing.errors import BillingError
from integrations.admin.filters import KindFilter
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


def _decide(request: HttpRequest, candidate: LinkCandidate, choice: LinkChoice) -> None:
    decisions.require_open(candidate.run)
    found = LinkCandidate.objects.filter(pk=candidate.pk)
    decisions.decide(found, choice, by=request.user.get_username(), now=timezone.now())


@admin.register(LinkCandidate)
class LinkCandidateAdmin(ReadOnlyAdmin):
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
        explanation="The two are counterparts: neither side's values change, and no second row is made.",
        icon="link",
        offered=lambda candidate: bool(candidate.entity_id),
        variant=ActionVariant.PRIMARY,
    )(link_candidate)
    apart = on_row(
        "Keep apart",
        explanation="The object gets a row of its own.",
        icon="link_off",
    )(keep_apart)
