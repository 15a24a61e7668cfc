"""What the connection pages show beside the row's own fields."""

from datetime import datetime

from django.contrib import admin
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from billing.admin.labels import badge
from billing.admin.links import NOTHING, joined, to_list
from integrations.admin.switches import compact
from integrations.connections import credentials
from integrations.models import Connection, EntityMapping, InboundEvent, OutboundSync
from integrations.models.connections import SWITCHES, ConnectionStatus


@admin.display(description="Status", ordering="status")
def standing(connection: Connection) -> SafeString:
    """The status, with its reason, and since when it is so and when it is tried again."""
    if connection.status == ConnectionStatus.ACTIVE:
        return badge(connection.status)
    times = [f"since {_moment(connection.status_since)}"]
    if connection.next_probe_at:
        times.append(f"tried again at {_moment(connection.next_probe_at)}")
    shown = '{} {}<span class="block whitespace-nowrap">{}</span>'
    return format_html(shown, badge(connection.status), connection.status_reason, ", ".join(times))


def _moment(when: datetime) -> str:
    return localize(timezone.localtime(when))


@admin.display(description="Directions")
def directions(connection: Connection) -> SafeString:
    """Which nouns travel, and where to."""
    return compact([name for name in SWITCHES if getattr(connection, name)])


@admin.display(description="Secrets")
def last_digits(connection: Connection) -> SafeString | str:
    """What may be shown of the credentials."""
    shown = [(name.replace("_", " "), digits) for name, digits in credentials.shown(connection).items()]
    lines = format_html_join("", '<span class="block whitespace-nowrap">{} {}</span>', shown)
    return lines or NOTHING


@admin.display(description="Webhook URL")
def webhook(connection: Connection) -> SafeString:
    """Where the provider is to send its events, ready to be copied."""
    return format_html(
        '<code style="user-select: all; overflow-wrap: anywhere">{}</code>',
        credentials.webhook_url(connection),
    )


@admin.display(description="Events arrive in")
def arriving_version(connection: Connection) -> SafeString | str:
    """The API version of the newest event, and what to do when it is not the one that FlexSync asks for."""
    newest = InboundEvent.objects.filter(connection=connection).order_by("-received_at")
    last = newest.values_list("api_version", "received_at").first()
    if last is None:
        return NOTHING
    version, received = last
    shown = f"{version or 'no version'}, last at {_moment(received)}"
    if version == connection.api_version:
        return shown
    advice = (
        "The endpoint was made for another version than {}. Its events are understood; to have them as FlexSync asks for"
        " them, delete the endpoint at the provider and register the webhook again."
    )
    return format_html('{}<span class="block">' + advice + "</span>", shown, connection.api_version or "ours")


@admin.display(description="Work")
def related(connection: Connection) -> SafeString:
    """What came in, what went out and what is paired through the connection."""
    mine = {"connection__id__exact": connection.pk}
    return joined(
        [
            to_list("events", InboundEvent, **mine),
            to_list("syncs", OutboundSync, **mine),
            to_list("mappings", EntityMapping, **mine),
        ]
    )
