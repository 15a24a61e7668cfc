"""What all pages of rows share: quick lists, no deletion, panels that other apps contribute."""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import ForeignKey, JSONField, Model, Q, QuerySet, TextField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.widgets import UnfoldAdminTextareaWidget

from billing.admin import environment_switch, list_filters, list_parts, panels, searches, selections
from billing.admin.unfold_types import ModelAdmin, TabularInline
from billing.errors import BillingError
from billing.events import Kind

# The options of a group of fields that is shown as a tab.
TAB = {"classes": ["tab"]}
FIRST_ONLY = "More rows are named so than one search shows. Type more of the id to see the others."
SMALL = {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 3})}


class RowAdmin(ModelAdmin):
    """Rows are archived or voided by actions, never deleted: other rows point at them."""

    kind: Kind | None = None
    # What a user needs to act on rows, unless it is to change them.
    right_to_operate = ""
    refusals: tuple[type[Exception], ...] = (BillingError,)
    list_per_page = 50
    formfield_overrides = {JSONField: SMALL, TextField: SMALL}
    show_full_result_count = False
    # How rows come into the list, as an empty one says.
    how_rows_come = ""
    # The columns in which a search also looks for all other ids of what was typed.
    named_by: Sequence[str] = ("pk",)
    actions_detail: Sequence[str | dict[str, Any]] = ()
    list_before_template = "admin/billing/above_list.html"
    change_form_outer_before_template: str | None = "admin/billing/alerts.html"
    change_form_outer_after_template = "admin/billing/panels.html"

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_operate_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Whether the user may act on rows, also where the page itself cannot be edited."""
        changing = f"{self.opts.app_label}.change_{self.opts.model_name}"
        return request.user.has_perm(self.right_to_operate or changing)

    def of_environment(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the environment that was chosen in the header."""
        return environment_switch.only_chosen(request, rows)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the neighbours that lists and pages name."""
        rows, neighbours = super().get_queryset(request), self.list_select_related
        return rows if isinstance(neighbours, bool) else rows.select_related(*neighbours)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row, read once for all parts of a page; anew where something is posted, as that changes it."""
        if request.method != "GET":
            return super().get_object(request, object_id, from_field)
        known: dict[Any, Any] = request.__dict__.setdefault("_rows", {})
        key = self.model, object_id, from_field
        if key not in known:
            known[key] = super().get_object(request, object_id, from_field)
        return known[key]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[environment_switch.SwitchedList]:
        return environment_switch.SwitchedList

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new row is in the chosen environment unless another one is."""
        chosen = environment_switch.chosen(request)
        return {"environment_id": chosen, "environment": chosen} | super().get_changeform_initial_data(
            request
        )

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Its own filters, and those that other apps contribute; not by environment where one was chosen."""
        own = [*super().get_list_filter(request), *list_filters.contributed()]
        left_out = "environment" if environment_switch.chosen(request) else ""
        return [self._switched(one) for one in own if one != left_out]

    def _switched(self, one: Any) -> Any:
        """The filter, which offers neighbours of the chosen environment only."""
        is_field = isinstance(one, str) and "__" not in one
        is_key = is_field and isinstance(self.opts.get_field(one), ForeignKey)
        return (one, environment_switch.NeighbourFilter) if is_key else one

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Its own columns, and behind the first those that other apps contribute."""
        first, *others = super().get_list_display(request)
        return [first, *list_parts.columns(request, self.kind), *others]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With what other apps show above it."""
        changelist: Any = super().get_changelist_instance(request)
        changelist.above = list_parts.above(request, self.kind, changelist)
        return changelist

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """With the rows that an id of the other side names."""
        own, may_repeat = super().get_search_results(request, queryset, search_term)
        ids, more = searches.aliases(request, search_term)
        if more:
            messages.warning(request, FIRST_ONLY, fail_silently=True)
        if not ids:
            return own, may_repeat
        named = [Q(**{f"{column}__in": ids}) for column in self.named_by]
        return own | queryset.filter(reduce(or_, named)), may_repeat

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Its own actions, and those that other apps contribute."""
        contributed = selections.actions(request, self.kind) if self.kind is not None else {}
        return {**super().get_actions(request), **contributed}

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        """The actions that make sense for the row as it is now."""
        offered = super().get_actions_detail(request, object_id)
        row = self.get_object(request, unquote(object_id)) if offered else None
        return [act for act in offered if row and getattr(act.method, "offered", _always)(row)]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The row's whole story where there is one; Django's knows only what was done by forms."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        address = panels.history(self.kind, unquote(object_id)) if self.kind is not None else ""
        return redirect(address) if address else super().history_view(request, object_id, extra_context)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        context["other_environment"] = environment_switch.other(request, obj) if obj is not None else ""
        if obj is not None and self.kind is not None:
            context["alerts"] = panels.alerts(request, self.kind, obj)
            context["panels"] = panels.rendered(request, self.kind, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)


class ReadOnly:
    """A page to look at: its rows are changed by services and actions only."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, RowAdmin):
    """Rows that are only looked at and acted on."""


class ReadOnlyInline(ReadOnly, TabularInline):
    """Rows shown on the page of the row that they belong to."""

    extra = 0
    can_delete = False
    show_change_link = False
    hide_title = True


def _always(_row: object) -> bool:
    return True
