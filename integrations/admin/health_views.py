"""The doctor's page of a connection, with the button that mends each finding; and the panel of its health."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from unfold.decorators import action

from billing.admin.labels import badge
from billing.admin.links import row_url
from integrations.admin import connection_actions, connection_health, recovery_actions
from integrations.models import Alarm, Connection
from integrations.models.alarms import AlarmCode
from integrations.reconcile.catch_up import gaps, polling
from integrations.reconcile.doctor import doctor, proof
from integrations.reconcile.doctor.findings import Finding

Act = Callable[[Any, HttpRequest, Connection], str]


def poll_now(_admin: Any, _request: HttpRequest, connection: Connection) -> str:
    """Lets a worker poll at once."""
    polling.request(connection.pk, timezone.now())
    return "A worker polls the events now: look again in a moment."


def prove_webhook(_admin: Any, _request: HttpRequest, connection: Connection) -> str:
    """Changes something harmless, and waits for its webhook."""
    event = proof.prove(connection)
    return f"The webhook came: {event.pk}." if event else "No webhook came in time: look at what follows."


def import_changes(_admin: Any, request: HttpRequest, connection: Connection) -> str:
    """Agrees to the import that an alarm asks for."""
    alarm = get_object_or_404(Alarm, connection=connection, code=AlarmCode.IMPORT_NEEDED, ended_at=None)
    gaps.agree(alarm, request.user.get_username(), timezone.now())
    return "The import of what changed was started."


REMEDIES: dict[str, tuple[str, Act]] = {
    "test": ("Test connection", connection_actions.test_connection),
    "register_webhook": ("Register webhook", connection_actions.register_webhook_endpoint),
    "resume": ("Resume", connection_actions.resume_connection),
    "poll": ("Poll now", poll_now),
    "prove": ("Prove it", prove_webhook),
    "agree": ("Import what changed", import_changes),
    "recover": ("Recover", recovery_actions.recover),
}


class HealthViews(connection_actions.ConnectionActions):
    """The page, the address of its buttons, and the panel of the connection's own page."""

    change_form_outer_before_template: str | None = "admin/integrations/connection_panels.html"
    actions_detail: Sequence[str | dict[str, Any]] = (
        "doctor",
        *connection_actions.ConnectionActions.actions_detail,
    )

    def examine(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Examines the connection, which asks the provider and changes nothing."""
        connection = get_object_or_404(Connection, pk=unquote(object_id))
        report = doctor.examine(connection, timezone.now())
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": self.opts,  # type: ignore[attr-defined]
            "title": f"Doctor: {connection}",
            "connection_url": row_url(connection),
            "remedy_url": reverse("admin:integrations_connection_remedy", args=[connection.pk]),
            "findings": [_shown(finding) for finding in report.findings],
            "status": badge(report.severity.word),
        }
        return TemplateResponse(request, "admin/integrations/doctor.html", context)

    doctor = action(
        examine, description="Doctor", icon="stethoscope", permissions=["operate"], url_path="doctor"
    )
    doctor.offered = connection_actions.in_use

    def get_urls(self) -> list[URLPattern]:
        """Adds the address to which the buttons are posted."""
        view = self.admin_site.admin_view(require_POST(self.remedy_view))  # type: ignore[attr-defined]
        remedy = path("<str:object_id>/remedy/", view, name="integrations_connection_remedy")
        panel = self.admin_site.admin_view(require_GET(self.health_view))  # type: ignore[attr-defined]
        health = path("<str:object_id>/health/", panel, name="integrations_connection_health")
        return [remedy, health, *super().get_urls()]  # type: ignore[misc]

    def health_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Says how webhooks and calls do, and what a switch would send, without asking the provider."""
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        connection = get_object_or_404(Connection, pk=unquote(object_id))
        context = connection_health.shown(connection, timezone.now())
        return TemplateResponse(request, "admin/integrations/connection_health.html", context)

    def remedy_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Does what the button says, then examines again."""
        connection = get_object_or_404(Connection, pk=unquote(object_id))
        if not self.has_operate_permission(request, connection):  # type: ignore[attr-defined]
            raise PermissionDenied
        if remedy := REMEDIES.get(request.POST.get("remedy", "")):
            try:
                message = remedy[1](self, request, connection)
                self.log_change(request, connection, message)  # type: ignore[attr-defined]
                messages.success(request, message)
            except self.refusals as refusal:  # type: ignore[attr-defined]
                messages.error(request, str(refusal))
        return redirect("admin:integrations_connection_doctor", connection.pk)


def _shown(finding: Finding) -> dict[str, Any]:
    label = REMEDIES[finding.remedy][0] if finding.remedy in REMEDIES else ""
    check = finding.check.replace("_", " ").capitalize()
    return {"finding": finding, "badge": badge(finding.severity.word), "label": label, "check": check}
