"""Plans in the admin, with their prices."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from unfold.decorators import action
from unfold.enums import ActionVariant

from billing.admin.actions import on_row, on_selection
from billing.admin.columns import itself, neighbour, state, unit_amount
from billing.admin.environments import InEnvironmentForm
from billing.admin.restoring import restore_button, restore_selected
from billing.admin.row_forms import RowForm
from billing.admin.rows import ReadOnlyInline
from billing.admin.service_forms import ServiceAdmin
from billing.events import Kind
from billing.facts import PlanFacts
from billing.models import Plan, Price
from billing.services.catalog import plans

FIELDS = ["name", "description", "lookup_key", "metadata"]


class NewPlanForm(RowForm, InEnvironmentForm):
    """A plan of a chosen environment."""


def archived(_admin: Any, _request: HttpRequest, plan: Plan) -> str:
    """Archives the plan."""
    plans.archive(environment_id=plan.environment_id, plan_id=plan.pk)
    return f"{plan} is archived."


def price_form(_admin: Any, _request: HttpRequest, object_id: str) -> HttpResponse:
    """Redirects to the form for a new price of the plan."""
    return redirect(f"{reverse('admin:billing_price_add')}?{urlencode({'plan': unquote(object_id)})}")


class PriceInline(ReadOnlyInline):
    model = Price
    fields = [itself, unit_amount("unit_amount"), "billing_model", state("status"), "lookup_key"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("plan")


@admin.register(Plan)
class PlanAdmin(ServiceAdmin):
    how_rows_come = "Plans come from the API, from a connection's events or import, or by the button below."
    kind = Kind.PLAN
    form = RowForm
    add_form = NewPlanForm
    list_display = ["name", "lookup_key", state("status"), neighbour("environment"), "created_at"]
    list_select_related = ["environment"]
    search_fields = ["id__exact", "name", "lookup_key"]
    search_help_text = "Name or lookup key, or any id"
    list_filter = ["status", "environment", "created_at"]
    readonly_fields = ["id", "environment", state("status"), "created_at"]
    fieldsets = [
        (None, {"fields": [(state("status"), "environment"), ("id", "created_at")]}),
        ("What is sold", {"fields": FIELDS}),
    ]
    add_fieldsets = [(None, {"fields": ["environment_id", *FIELDS]})]
    inlines = [PriceInline]
    actions = ["archive_selected", "restore_selected"]
    actions_detail = ("add_price", "archive", "restore")

    add_price = action(
        price_form,
        description="Add a price",
        icon="add",
        url_path="add-price",
        permissions=["add_price"],
    )

    archive_selected = on_selection("Archive")(archived)
    archive = on_row(
        "Archive",
        explanation="Subscriptions keep the plan's prices, but nothing new can be sold with them.",
        icon="archive",
        offered=lambda plan: plan.status == "active",
        variant=ActionVariant.DANGER,
    )(archived)
    restore_selected = restore_selected
    restore = restore_button(
        Kind.PLAN,
        "The plan is active again, and so is its product at the provider. Its prices stay as they are.",
    )

    def has_add_price_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Whether the user may add a price."""
        return request.user.has_perm("billing.add_price")

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else []

    def create(self, request: HttpRequest, form: Any) -> Model:
        values = {name: form.cleaned_data[name] for name in FIELDS}
        return plans.create(environment_id=form.chosen(), facts=PlanFacts(**values))

    def update(self, request: HttpRequest, row: Plan, form: Any) -> None:
        plans.update(environment_id=row.environment_id, plan_id=row.pk, changes=form.changes())
