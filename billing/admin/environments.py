"""Environments in the admin: created here, never changed or removed."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.forms import ModelChoiceField
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminSelectWidget

from billing.admin.columns import state
from billing.admin.service_forms import ServiceAdmin, ServiceForm
from billing.models import Environment
from billing.services import environments


class InEnvironmentForm(ServiceForm):
    """A form for a new row, with the environment to make it in."""

    environment_id = ModelChoiceField(
        Environment.objects.all(), label="Environment", widget=UnfoldAdminSelectWidget
    )

    def chosen(self) -> str:
        """The id of the chosen environment."""
        return str(self.cleaned_data["environment_id"].pk)


@admin.register(Environment)
class EnvironmentAdmin(ServiceAdmin):
    how_rows_come = "All else belongs to an environment: make one by the button below."
    list_display = ["name", state("kind"), "id", "created_at"]
    search_fields = ["name", "id__exact"]
    list_filter = ["kind"]
    fields = ["name", "kind"]

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def create(self, request: HttpRequest, form: Any) -> Model:
        return environments.create(**form.cleaned_data)
