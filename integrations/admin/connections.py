"""Connections in the admin: to which account, what is synced, and whether it works."""

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from billing.admin.columns import neighbour
from billing.admin.service_forms import ServiceAdmin
from billing.errors import BillingError
from integrations.admin import rights
from integrations.admin.connection_columns import (
    catch_up,
    directions,
    event_version,
    last_digits,
    open_alarms,
    related,
    status_and_reason,
    webhook,
)
from integrations.admin.connection_form import credential_names, form_for
from integrations.admin.filters import ProviderFilter
from integrations.admin.health_views import HealthViews
from integrations.admin.provider_links import label
from integrations.admin.signing_secrets import SigningSecretInline
from integrations.connections import credentials, manage
from integrations.errors import SyncError
from integrations.models import Connection
from integrations.models.connections import OPTIONS, OWNERS, ConnectionStatus
from integrations.outbox import switching
from integrations.reconcile.doctor import saving

# How long the old signing secret is still accepted after a new one was typed in.
OVERLAP = timedelta(hours=24)


@admin.display(description="Provider", ordering="provider")
def provider(connection: Connection) -> str:
    """Returns the provider's name."""
    return label(connection.provider)


@admin.display(description="Mode", ordering="livemode")
def mode(connection: Connection) -> str:
    """Returns whether real money moves."""
    return "live" if connection.livemode else "test"


@admin.register(Connection)
class ConnectionAdmin(HealthViews, ServiceAdmin):
    how_rows_come = (
        "A connection joins an account at a provider with an environment: make one by the button below."
    )
    refusals = (BillingError, SyncError, ImproperlyConfigured)
    list_display = [
        "name",
        status_and_reason,
        directions,
        provider,
        mode,
        "account_id",
        neighbour("environment"),
    ]
    list_select_related = ["environment"]
    search_fields = ["id__exact", "name", "account_id__exact"]
    list_filter = ["status", ProviderFilter, "environment", "livemode"]
    readonly_fields = [provider, status_and_reason, related, webhook, "environment", "account_id", mode]
    readonly_fields += [
        catch_up,
        open_alarms,
        "api_version",
        event_version,
        "webhook_endpoint_id",
        "id",
        "created_at",
    ]
    inlines = [SigningSecretInline]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request) and request.user.has_perm(rights.SECRETS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        archived = isinstance(obj, Connection) and obj.status == ConnectionStatus.ARCHIVED
        return not archived and super().has_change_permission(request, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, form=form_for(obj), **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        read_only = obj is not None and not self.has_change_permission(request, obj)
        are_shown = read_only or not request.user.has_perm(rights.SECRETS)
        secrets = ("Credentials", {"fields": [last_digits] if are_shown else credential_names(obj)})
        synced = (
            "What is synced",
            {"fields": [directions] if read_only else ["switches", *(["confirmed"] if obj else [])]},
        )
        money = ("Money", {"fields": [name for name in OPTIONS if name not in OWNERS.values()]})
        owners = ("Two writers", {"fields": list(dict.fromkeys(OWNERS.values()))})
        if obj is None:
            return [
                (None, {"fields": ["environment_id", "provider", "name"]}),
                secrets,
                synced,
                money,
                owners,
            ]
        return [
            (None, {"fields": ["name", status_and_reason, (provider, "environment"), open_alarms, related]}),
            synced,
            money,
            owners,
            secrets,
            ("Webhook", {"fields": [webhook, "webhook_endpoint_id", event_version, catch_up]}),
            ("Account", {"fields": [("account_id", mode), ("api_version", "created_at"), "id"]}),
        ]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else []

    def create(self, request: HttpRequest, form: Any) -> Model:
        request.saved = manage.create(  # type: ignore[attr-defined]
            environment_id=form.chosen(),
            provider=form.cleaned_data["provider"],
            name=form.cleaned_data["name"],
            secrets=form.secrets(),
            switches=form.switches(),
            options=form.options(),
            now=timezone.now(),
        )
        return request.saved  # type: ignore[attr-defined, no-any-return]

    def update(self, request: HttpRequest, row: Connection, form: Any) -> None:
        name, options = form.cleaned_data["name"], form.options()
        switching.update(row, name=name, switches=form.switches(), options=options)
        if secrets := form.secrets():
            credentials.rotate(row, secrets, overlap=OVERLAP, now=timezone.now())
            request.saved = row  # type: ignore[attr-defined]

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Tests credentials that were just stored, once that is committed."""
        response = super().changeform_view(request, *args, **kwargs)
        if saved := getattr(request, "saved", None):
            for problem in saving.problems(saved, timezone.now()):
                messages.warning(request, f"{problem.message} {problem.advice}")
        return response
