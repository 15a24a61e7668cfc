"""Alarms in the admin: what is wrong with connections, and since when."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from unfold.enums import ActionVariant

from billing.admin.actions import on_row
from billing.admin.columns import neighbour, prose
from billing.admin.labels import badge
from billing.admin.rows import ReadOnlyAdmin
from billing.errors import BillingError
from integrations.admin.filters import EndedFilter
from integrations.models import Alarm
from integrations.models.alarms import AlarmCode
from integrations.reconcile.catch_up import gaps
from integrations.reconcile.recovering import recoveries


@admin.display(description="State")
def state(alarm: Alarm) -> str:
    """Returns whether it is over."""
    return badge("ended" if alarm.ended_at else "open")


@admin.display(description="Alarm", ordering="code")
def title(alarm: Alarm) -> str:
    """Returns the code in words."""
    return alarm.get_code_display()


def start_import(_admin: Any, request: HttpRequest, alarm: Alarm) -> str:
    """Agrees to the import that the alarm asks for."""
    gaps.agree(alarm, request.user.get_username(), timezone.now())
    return "The import of what changed was started."


def begin_recovery(_admin: Any, request: HttpRequest, alarm: Alarm) -> str:
    """Agrees to the recovery that the alarm asks for."""
    recoveries.agree(alarm, request.user.get_username(), timezone.now())
    return "The recovery was started: the connection's page shows when it has ended."


@admin.register(Alarm)
class AlarmAdmin(ReadOnlyAdmin):
    how_rows_come = "An alarm comes when something is wrong with a connection. None is open, and none was."
    refusals = (BillingError,)
    list_display = [title, state, prose("message"), "raised_at", "ended_at", neighbour("connection")]
    list_select_related = ["connection"]
    search_fields = ["id__exact", "code__exact"]
    search_help_text = "Id or code of an alarm"
    list_filter = [EndedFilter, "code", "connection", "raised_at"]
    readonly_fields = [title, state]
    fieldsets = [
        (None, {"fields": [(title, state), "message", ("connection", "since")]}),
        (None, {"fields": [("raised_at", "ended_at"), ("agreed_by", "agreed_at"), ("started", "id")]}),
    ]
    actions_detail = ("agree", "recover")

    agree = on_row(
        "Import what changed",
        explanation="Everything that changed at the provider since then is read and brought here, at the lowest"
        " priority. It can be paused.",
        icon="download",
        offered=lambda alarm: (
            alarm.code == AlarmCode.IMPORT_NEEDED and not alarm.ended_at and not alarm.agreed_by
        ),
        variant=ActionVariant.PRIMARY,
    )(start_import)
    recover = on_row(
        "Recover",
        explanation="Everything is imported and events are polled, so that what the database forgot is known again; then"
        " sending goes on by itself. If another copy of the database writes to the account, stop that one first.",
        icon="settings_backup_restore",
        offered=lambda alarm: (
            alarm.code == AlarmCode.DATABASE_RESTORED and not alarm.ended_at and not alarm.agreed_by
        ),
        variant=ActionVariant.PRIMARY,
    )(begin_recovery)
