"""Alert channels in the admin: where people are told, of what, and whether the last message came through."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from unfold.enums import ActionVariant
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelect2Widget,
)

from billing.admin.actions import on_row
from billing.admin.columns import neighbour, prose
from billing.admin.links import NOTHING
from billing.admin.rows import ReadOnlyAdmin, RowAdmin
from billing.admin.unfold_types import ModelForm
from billing.errors import BillingError, Invalid
from integrations.alerts import addresses, watching
from integrations.alerts.addresses import NotSent
from integrations.db.encryption import NoKeyOpens
from integrations.models import Alert, AlertChannel
from integrations.triage.groups import ORDER

# How many of what an alert was about its page names.
MOST_SHOWN = 20


def time_zones() -> list[tuple[str, str]]:
    """Returns the names of all time zones."""
    return [(name, name) for name in sorted(available_timezones())]


class AlertChannelForm(ModelForm):
    """The address is written and never shown again."""

    address = forms.CharField(
        required=False,
        max_length=2_000,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=f"What apprise knows, {addresses.WHERE}. Empty to keep the one that is stored.",
    )
    codes = forms.MultipleChoiceField(
        required=False,
        choices=[(kind.code, kind.title) for kind in ORDER],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        label="Tells of",
        help_text="None for all.",
    )
    time_zone = forms.ChoiceField(
        choices=time_zones,
        initial="UTC",
        widget=UnfoldAdminSelect2Widget,
        help_text="Of the quiet hours.",
    )

    class Meta:
        model = AlertChannel
        fields = "__all__"

    def clean(self) -> dict[str, Any]:
        """Checks the address, and that quiet hours have both ends."""
        cleaned: dict[str, Any] = super().clean() or {}
        if bool(cleaned.get("quiet_from")) != bool(cleaned.get("quiet_until")):
            self.add_error("quiet_until", "Quiet hours need a beginning and an end.")
        if address := cleaned.get("address"):
            try:
                addresses.seal(self.instance, address)
            except Invalid as refusal:
                self.add_error("address", refusal.details["address"])
        elif not self.instance.sealed_address:
            self.add_error("address", f"Say where to, {addresses.WHERE}.")
        return cleaned


def send_test(_admin: Any, _request: HttpRequest, channel: AlertChannel) -> str:
    """Sends a test."""
    watching.test(channel, timezone.now())
    return f"A test was sent to {channel.shown_address}."


@admin.register(AlertChannel)
class AlertChannelAdmin(RowAdmin):
    form = AlertChannelForm
    refusals = (BillingError, NotSent, NoKeyOpens)
    list_display = ["name", "shown_address", neighbour("environment"), "is_enabled", "sent_at"]
    list_display += [prose("last_error")]
    list_select_related = ["environment"]
    search_fields = ["name", "shown_address"]
    list_filter = ["is_enabled", "environment"]
    readonly_fields = ["shown_address", "sent_at", "last_error", "id"]
    fieldsets = [
        (None, {"fields": [("name", "is_enabled"), "address", "shown_address", ("sent_at", "last_error")]}),
        ("What", {"fields": ["environment", "least_amount", "codes"]}),
        ("Quiet hours", {"fields": [("quiet_from", "quiet_until"), "time_zone"]}),
        (None, {"fields": ["id"]}),
    ]
    add_fieldsets = [(None, {"fields": [("name", "is_enabled"), "address"]}), *fieldsets[1:3]]
    actions_detail = ("send_test",)

    send_test = on_row(
        "Send a test",
        explanation="A message that says it is a test goes to the address that is stored.",
        icon="send",
        variant=ActionVariant.PRIMARY,
    )(send_test)


@admin.display(description="About")
def about(alert: Alert) -> str:
    """Returns what the alert was about, each as a link to the search for it."""
    shown = ((f"{reverse('search')}?{urlencode({'q': one})}", one) for one in alert.named[:MOST_SHOWN])
    links = format_html_join("", '<a class="text-link mr-3" href="{}">{}</a> ', shown)
    more = len(alert.named) - MOST_SHOWN
    return format_html("{}and {} more", links, more) if more > 0 else links or NOTHING


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    how_rows_come = "An alert is kept for each problem that a channel was told of."
    list_display = ["raised_at", "ended_at", prose("title"), neighbour("channel")]
    list_select_related = ["channel"]
    search_fields = ["title"]
    search_help_text = "Words of the problem"
    list_filter = ["channel", "raised_at"]
    readonly_fields = [about]
    fieldsets = [(None, {"fields": ["title", ("raised_at", "ended_at"), "channel", about]})]
