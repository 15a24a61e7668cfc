"""Webhook endpoints in the admin: where events are sent, and whether they arrive."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminSelectMultipleWidget, UnfoldAdminTextareaWidget

from billing import durations
from billing.admin import shown_once
from billing.admin.actions import on_row
from billing.admin.columns import neighbour, prose
from billing.admin.labels import badge
from billing.admin.links import row_url
from billing.admin.service_forms import ServiceAdmin, ServiceForm
from billing.errors import BillingError
from integrations.admin.action_pages import on_page
from integrations.db.encryption import NoKeyOpens
from integrations.errors import SyncError
from integrations.models import WebhookEndpoint
from integrations.outbound_webhooks import endpoints, probes, resending
from integrations.outbound_webhooks.event_types import WANTED
from integrations.outbound_webhooks.resending import Wanted

OVERLAP = timedelta(days=1)
ONCE = "Give it to the receiver now: it is not shown again. It signs from now on{}."


class WebhookEndpointForm(ServiceForm):
    """Headers are written and never shown again."""

    event_types = forms.MultipleChoiceField(
        required=False,
        choices=[(one, one) for one in sorted(WANTED)],
        widget=UnfoldAdminSelectMultipleWidget(attrs={"size": 8}),
        help_text="None for all.",
    )
    headers = forms.CharField(
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "autocomplete": "off"}),
        help_text="Sent with each webhook, one in a line, such as X-Token: abc. Empty to keep those that are stored.",
    )

    class Meta:
        model = WebhookEndpoint
        fields = ["environment", "url", "description", "event_types", "enabled", "headers"]

    def clean_headers(self) -> dict[str, str]:
        """By their names."""
        lines = [line.partition(":") for line in self.cleaned_data["headers"].splitlines() if line.strip()]
        if any(not colon for _name, colon, _value in lines):
            raise forms.ValidationError("Write each as Name: value.")
        return {name.strip(): value.strip() for name, _colon, value in lines}


@admin.display(description="State")
def state(endpoint: WebhookEndpoint) -> str:
    """Returns whether events arrive."""
    if not endpoint.enabled:
        return badge("disabled", endpoint.disabled_reason)
    return badge("failing" if endpoint.failing_since else "active", endpoint.last_error)


@admin.display(description="Headers")
def header_names(endpoint: WebhookEndpoint) -> str:
    """Returns the names of its own headers."""
    return ", ".join(endpoint.header_names) or "-"


@admin.display(description="Secrets")
def secrets(endpoint: WebhookEndpoint) -> str:
    """Returns the end of each secret that signs, and until when."""
    now, shown = timezone.now(), []
    for one in endpoint.secrets.all():
        if one.expires_at is None or one.expires_at > now:
            until = f" until {one.expires_at:%Y-%m-%d %H:%M} UTC" if one.expires_at else ""
            shown.append(f"****{one.last4}{until}")
    return ", ".join(shown) or "-"


def send_test(_admin: Any, _request: HttpRequest, endpoint: WebhookEndpoint) -> str:
    """Sends a test."""
    answer = probes.test(endpoint, timezone.now())
    if not answer.is_success:
        raise endpoints.NotTaken(answer.error or f"The answer was {answer.status}: {answer.response[:200]}")
    took = durations.words(timedelta(milliseconds=answer.duration_ms))
    return f"It was taken: {answer.status} after {took}."


def resend_missed(_admin: Any, _request: HttpRequest, endpoint: WebhookEndpoint) -> str:
    """Sends everything since the last success again."""
    since = endpoint.last_success_at or endpoint.created_at
    count = resending.resend(endpoint.pk, Wanted(since=since), timezone.now())
    return f"Events that are sent again: {count}."


def remove(_admin: Any, _request: HttpRequest, endpoint: WebhookEndpoint) -> str:
    """Deletes it."""
    endpoints.delete(endpoint.pk, timezone.now())
    return f"{endpoint.url} was deleted: nothing is sent there any more."


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ServiceAdmin):
    form = WebhookEndpointForm
    how_rows_come = "Programs that are to hear of changes have an address here: make one by the button below."
    refusals = (BillingError, SyncError, NoKeyOpens, endpoints.NotTaken)
    list_display = [
        "url",
        state,
        neighbour("environment"),
        "description",
        "last_success_at",
        prose("last_error"),
    ]
    list_select_related = ["environment"]
    search_fields = ["url", "description", "id__exact"]
    list_filter = ["enabled", "environment"]
    readonly_fields = [
        state, secrets, header_names, "disabled_at", "disabled_reason", "failing_since", "failures", "last_error",
        "last_success_at", "next_attempt_at", "created_at", "id",
    ]  # fmt: skip
    fieldsets = [
        (None, {"fields": ["url", ("environment", "enabled"), "description", "event_types"]}),
        ("Headers and secrets", {"fields": [header_names, "headers", secrets]}),
        (
            "Whether events arrive",
            {
                "fields": [
                    (state, "last_success_at"),
                    ("failing_since", "failures"),
                    ("next_attempt_at", "last_error"),
                    ("disabled_at", "disabled_reason"),
                ]
            },
        ),
        (None, {"fields": [("created_at", "id")]}),
    ]
    add_fieldsets = [(None, {"fields": ["url", "environment", "description", "event_types", "headers"]})]
    actions_detail = ("send_test", "rotate_secret", "resend_missed", "remove")

    send_test = on_row(
        "Send a test",
        explanation="An event that says it is a test is sent at once. The message says what was answered.",
        icon="send",
        variant=ActionVariant.PRIMARY,
    )(send_test)

    @on_page("New secret", "key", offered=lambda _endpoint: True)
    def rotate_secret(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asks first, then makes another secret and shows it."""
        endpoint = self.get_object(request, unquote(object_id))
        if endpoint is None:
            raise Http404
        if request.method == "POST":
            secret = endpoints.rotate(endpoint.pk, overlap=OVERLAP, now=timezone.now())
            self.log_change(request, endpoint, "Made a new secret.")
            return self._with_secret(request, endpoint, secret, ", for a day beside those that there were")
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": "New secret"}
        context |= {"endpoint": endpoint, "back": row_url(endpoint)}
        return TemplateResponse(request, "admin/integrations/new_secret.html", context)

    def _with_secret(
        self, request: HttpRequest, endpoint: WebhookEndpoint, secret: str, until: str = ""
    ) -> HttpResponse:
        title, back = f"The secret of {endpoint.url}", row_url(endpoint)
        return shown_once.page(
            self, request, title=title, explanation=ONCE.format(until), secret=secret, back=back
        )

    resend_missed = on_row(
        "Send everything since the last success",
        explanation="All that changed since then is sent in order, what has come already, too: receivers know it by its id.",
        icon="replay",
        offered=lambda endpoint: endpoint.enabled,
    )(resend_missed)
    remove = on_row(
        "Delete",
        explanation="Nothing is sent there any more, from the moment in which this is done. It cannot be undone.",
        icon="delete",
        variant=ActionVariant.DANGER,
    )(remove)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Without those that were deleted."""
        return super().get_queryset(request).filter(deleted_at=None).prefetch_related("secrets")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The environment of an endpoint stays."""
        return [*super().get_readonly_fields(request, obj), *(["environment"] if obj else [])]

    def create(self, request: HttpRequest, form: Any) -> WebhookEndpoint:
        """Makes the endpoint."""
        values = {name: form.cleaned_data[name] for name in ("url", "description", "event_types", "headers")}
        environment = form.cleaned_data["environment"]
        made, secret = endpoints.create(environment_id=environment.pk, now=timezone.now(), **values)
        request.new_secret = secret  # type: ignore[attr-defined]
        return made

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """The secret."""
        return self._with_secret(request, obj, request.new_secret)  # type: ignore[attr-defined]

    def update(self, request: HttpRequest, row: WebhookEndpoint, form: Any) -> None:
        """Changes the endpoint."""
        endpoints.update(row.pk, **form.changes())
