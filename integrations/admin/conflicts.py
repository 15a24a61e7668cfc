"""Conflicts in the admin: fields that both sides changed, and a button for each side's value."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from billing.admin.actions import on_row, on_selection
from billing.admin.links import row_url
from billing.errors import BillingError
from integrations.admin import entity_links
from integrations.admin.conflict_columns import choose, decided, decision, entity, field, ours, status, theirs
from integrations.admin.filters import KindFilter, OpenFilter
from integrations.admin.going_back import back
from integrations.admin.named_rows import NamedRowsAdmin
from integrations.models import Conflict
from integrations.models.connections import Owner
from integrations.outbox import deciding


def keep_ours(
    _admin: Any, request: HttpRequest, conflict: Conflict, seen: Collection[int] | None = None
) -> str:
    """Keeps FlexSync's value. ``seen``: see decisions.decide."""
    deciding.decide(conflict.pk, Owner.FLEXSYNC, by=request.user.get_username(), seen=seen)
    return f"{_called(conflict)}: FlexSync's value stays, and is sent."


def take_theirs(
    _admin: Any, request: HttpRequest, conflict: Conflict, seen: Collection[int] | None = None
) -> str:
    """Takes the provider's value. ``seen``: see decisions.decide."""
    deciding.decide(conflict.pk, Owner.PROVIDER, by=request.user.get_username(), seen=seen)
    return f"{_called(conflict)}: the provider's value is taken."


def _called(conflict: Conflict) -> str:
    return f"{field(conflict)} of {entity_links.name(conflict.entity_type, conflict.entity_id)}"


def _explained(what: str) -> Callable[[Conflict], str]:
    """Says what the button does, and who has decided by now: the page may be older than that."""
    return lambda conflict: f"{what} {decided(conflict)}" if conflict.winner else what


def _version(shown: str) -> Collection[int] | None:
    """What the page has shown, None where it does not say so."""
    return ([int(shown)] if shown.isdecimal() else []) if shown else None


_ACTS = {Owner.FLEXSYNC.value: keep_ours, Owner.PROVIDER.value: take_theirs}


@admin.register(Conflict)
class ConflictAdmin(NamedRowsAdmin):
    how_rows_come = "A conflict comes when both sides changed the same field before they knew of each other."
    list_display = [status, entity, field, ours, theirs, choose, decision]
    list_display_links = [field]
    list_select_related = ["connection"]
    search_fields = ["entity_id__exact", "provider_entity_id__exact", "id__exact", "field__exact"]
    named_by = ("pk", "entity_id", "provider_entity_id")
    search_help_text = "Id in FlexSync or at the provider, or the name of a field"
    list_filter = [OpenFilter, KindFilter, "rule", "connection", "created_at"]
    readonly_fields = [status, entity, field, ours, theirs, decision]
    fieldsets = [
        (None, {"fields": [(entity, field), (ours, theirs), (status, decision)]}),
        (None, {"fields": [("connection", "provider_entity_id"), ("created_at", "id")]}),
    ]
    actions = ["keep_selected", "take_selected"]
    actions_detail: Sequence[str | dict[str, Any]] = ("keep", "take")

    keep_selected = on_selection("Keep FlexSync's")(keep_ours)
    take_selected = on_selection("Take the provider's")(take_theirs)
    keep = on_row(
        "Keep FlexSync's",
        explanation=_explained("FlexSync's value is the one on both sides from now on: it is sent at once."),
        icon="keep",
    )(keep_ours)
    take = on_row(
        "Take the provider's",
        explanation=_explained("The provider's value is the one on both sides from now on."),
        icon="download",
    )(take_theirs)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """With the buttons, for whoever may decide."""
        columns = super().get_list_display(request)
        return [one for one in columns if one is not choose or self.has_operate_permission(request)]

    def get_ordering(self, request: HttpRequest) -> Any:
        """Puts the open ones first, the newest of them at the top."""
        return [Case(When(winner="", then=0), default=1).asc(), "-created_at", "-id"]

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Conflict | None:
        """Returns the conflict, called after the field and the row as people call them."""
        found: Conflict | None = super().get_object(request, *args, **kwargs)
        if found is not None:
            found.called = _called(found)
        return found

    def get_urls(self) -> list[URLPattern]:
        """Adds the address of the buttons in lists and panels."""
        view = self.admin_site.admin_view(require_POST(self.decide_view))
        return [
            path("<str:conflict_id>/decide/", view, name="integrations_conflict_decide"),
            *super().get_urls(),
        ]

    def decide_view(self, request: HttpRequest, conflict_id: str) -> HttpResponse:
        """Decides for the posted side, in the operator's name."""
        if not self.has_operate_permission(request):
            raise PermissionDenied
        conflict = get_object_or_404(Conflict.objects.select_related("connection"), pk=conflict_id)
        side, _, seen = request.POST.get("side", "").partition(" ")
        if act := _ACTS.get(side):
            try:
                message = act(self, request, conflict, _version(seen))
                self.log_change(request, conflict, message)
                messages.success(request, message)
            except BillingError as refusal:
                messages.error(request, f"{_called(conflict)}: {refusal}")
        return back(request, row_url(conflict))
