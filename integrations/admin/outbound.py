"""The outbox in the admin: each sync, how far it is, and every call that it made."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.enums import ActionVariant

from billing.admin.actions import on_row, on_selection
from billing.admin.columns import neighbour, prose, state
from billing.admin.links import joined, to_list
from billing.admin.rows import TAB
from billing.errors import BillingError
from integrations.admin import gone_panel, rights, sync_calls
from integrations.admin.attempts_column import attempts
from integrations.admin.collector_views import CollectorViews
from integrations.admin.filters import BulkSyncFilter, KindFilter
from integrations.admin.named_rows import NamedRowsAdmin, row_link
from integrations.admin.sync_steps import last_step
from integrations.errors import SyncError
from integrations.models import EntityMapping, OutboundSync
from integrations.models.outbound import OPEN_STATES
from integrations.outbox import syncs


def retry_sync(_admin: Any, _request: HttpRequest, sync: OutboundSync) -> str:
    """Continues the sync where it stopped."""
    syncs.retry(sync.pk, timezone.now())
    return f"{sync} is queued to be tried again."


def cancel_sync(_admin: Any, _request: HttpRequest, sync: OutboundSync) -> str:
    """Cancels the sync."""
    syncs.cancel(sync.pk, timezone.now())
    return f"{sync} is cancelled."


@admin.display(description="Entity")
def entity(sync: OutboundSync) -> str:
    """Returns a link to the row that is synced."""
    return row_link(sync)


@admin.display(description="See also")
def related(sync: OutboundSync) -> str:
    """Returns links to the row's mappings and its other syncs."""
    return joined(
        [
            to_list("mappings", EntityMapping, q=sync.entity_id),
            to_list("all syncs of this row", OutboundSync, q=sync.entity_id),
        ]
    )


@admin.register(OutboundSync)
class OutboundSyncAdmin(NamedRowsAdmin, CollectorViews):
    how_rows_come = "A sync comes with each change of a row whose outbound switch is on at a connection."
    right_to_operate = rights.PUSH
    refusals = (BillingError, SyncError)
    change_form_outer_after_template = "admin/integrations/sync_calls.html"
    list_display = ["created_at", state("state"), entity, last_step, attempts, prose("last_error")]
    list_display += ["started_by", neighbour("connection")]
    list_select_related = ["connection"]
    search_fields = ["id__exact", "entity_id__exact", "started_by"]
    search_help_text = "Any id of the sync, of its row or of a request, or who started it"
    named_by = ("pk", "entity_id")
    list_filter = ["state", KindFilter, BulkSyncFilter, "action", "priority", "connection", "created_at"]
    readonly_fields = [state("state"), entity, last_step, attempts, related]
    fieldsets = [
        (
            None,
            {"fields": [(entity, state("state")), (last_step, attempts), "last_error", "waits_for", related]},
        ),
        ("Times", {"fields": [("created_at", "settled_at"), "next_attempt_at"], **TAB}),
        ("Origin", {"fields": [("connection", "started_by"), ("action", "priority"), "id"], **TAB}),
        ("Worker", {"fields": [("leased_until", "lease_holder")], **TAB}),
    ]
    actions = ["try_again_selected"]
    actions_detail = ("try_again", "cancel")

    try_again_selected = on_selection("Try again")(retry_sync)
    try_again = on_row(
        "Try again",
        explanation="The sync continues where it stopped. Calls that were answered are not made again.",
        icon="refresh",
        offered=lambda sync: sync.state != "done" and sync.action != "checkout",
        variant=ActionVariant.PRIMARY,
    )(retry_sync)
    cancel = on_row(
        "Cancel sync",
        explanation="The sync stops for good. What was sent already stays sent. The next change starts a new sync.",
        icon="cancel",
        offered=lambda sync: sync.state in OPEN_STATES,
        variant=ActionVariant.DANGER,
    )(cancel_sync)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        context |= {"calls": sync_calls.of(obj), **gone_panel.of_sync(request, obj)} if obj else {}
        return super().render_change_form(request, context, add, change, form_url, obj)
