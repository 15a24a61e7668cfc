"""API keys in the admin: shown once when made, revoked when no longer trusted."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from rest_framework_api_key.models import APIKey
from unfold.enums import ActionVariant

from billing.admin import shown_once
from billing.admin.actions import on_row, on_selection
from billing.admin.columns import neighbour, state
from billing.admin.labels import badge
from billing.admin.links import row_url
from billing.admin.service_forms import ServiceAdmin
from billing.models import ApiKey
from billing.services import environments

# The library's own model: its keys are not accepted by this API.
admin.site.unregister(APIKey)


@admin.display(description="Validity")
def validity(key: ApiKey) -> str:
    """Whether the key is still accepted."""
    return badge("REVOKED" if key.revoked else "expired" if key.has_expired else "active")


def revoked(_admin: Any, _request: HttpRequest, key: ApiKey) -> str:
    """Revokes the key for good."""
    environments.revoke_api_key(key=key)
    return f"The key {key.name} ({key.prefix}…) is revoked and no longer accepted."


@admin.register(ApiKey)
class ApiKeyAdmin(ServiceAdmin):
    how_rows_come = "Programs need a key to use the API: make one by the button below."
    list_display = [
        "name",
        "prefix",
        neighbour("environment"),
        state("scope"),
        validity,
        "last_used_at",
        "created",
    ]
    list_select_related = ["environment"]
    search_fields = ["name", "prefix__startswith"]
    list_filter = ["environment", "scope", "revoked"]
    fieldsets = [
        (None, {"fields": [("name", "prefix"), ("environment", "scope"), validity]}),
        ("Times", {"fields": [("created", "last_used_at"), "expiry_date"]}),
    ]
    add_fieldsets = [(None, {"fields": ["name", "environment", "scope"]})]
    actions = ["revoke_selected"]
    actions_detail = ("revoke",)

    revoke_selected = on_selection("Revoke")(revoked)
    revoke = on_row(
        "Revoke",
        explanation="Programs that use this key are refused from now on. A revoked key cannot be brought back.",
        icon="block",
        offered=lambda key: not key.revoked,
        variant=ActionVariant.DANGER,
    )(revoked)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def create(self, request: HttpRequest, form: Any) -> Model:
        key, request.new_secret = environments.create_api_key(**form.cleaned_data)  # type: ignore[attr-defined]
        return key

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """The key itself."""
        explanation = "Copy the key now: it is stored nowhere, and not shown again."
        secret = request.new_secret  # type: ignore[attr-defined]
        return shown_once.page(
            self,
            request,
            title=f"The key {obj.name}",
            explanation=explanation,
            secret=secret,
            back=row_url(obj),
        )
