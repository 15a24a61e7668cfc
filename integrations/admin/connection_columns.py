"""Columns of the connection pages beside the row's own fields."""

from datetime import datetime

from django.contrib import admin
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from billing.admin.columns import remembered
from billing.admin.labels import badge
from billing.admin.links import NOTHING, joined, row_url, to_list
from integrations.admin.switches import compact
from integrations.connections import credentials
from integrations.models import Connection, EntityMapping, InboundEvent, OutboundSync
from integrations.models.connections import SWITCHES, ConnectionStatus
from integrations.models.inbound import InboundSource
from integrations.reconcile.catch_up import alarms, summary


@admin.display(description="Status", ordering="status")
def status_and_reason(connection: Connection) -> SafeString:
    """Returns the status with its reason, since when, and when the connection is tried again."""
    if connection.recovering_since and connection.status == ConnectionStatus.ACTIVE:
        since = f"since {_moment(connection.recovering_since)}, until what a restored backup forgot is known again"
        return format_html('{} <span class="block">Nothing is sent {}</span>', badge("recovering"), since)
    if connection.status == ConnectionStatus.ACTIVE:
        return badge(connection.status)
    times = [f"since {_moment(connection.status_since)}"]
    if connection.next_probe_at:
        times.append(f"next try at {_moment(connection.next_probe_at)}")
    shown = '{} {}<span class="block whitespace-nowrap">{}</span>'
    return format_html(shown, badge(connection.status), connection.status_reason, ", ".join(times))


def _moment(when: datetime) -> str:
    return localize(timezone.localtime(when))


@admin.display(description="Synced")
def directions(connection: Connection) -> SafeString:
    """Returns what is synced, and in which direction."""
    return compact([name for name in SWITCHES if getattr(connection, name)])


@admin.display(description="Secrets")
def last_digits(connection: Connection) -> SafeString | str:
    """Returns the last characters of each credential."""
    shown = [(name.replace("_", " "), digits) for name, digits in credentials.shown(connection).items()]
    lines = format_html_join("", '<span class="block whitespace-nowrap">{} {}</span>', shown)
    return lines or NOTHING


@admin.display(description="Webhook URL")
def webhook(connection: Connection) -> SafeString:
    """Returns the address to which the provider sends its events, ready to be copied."""
    return format_html(
        '<code style="user-select: all; overflow-wrap: anywhere">{}</code>',
        credentials.webhook_url(connection),
    )


@remembered
@admin.display(description="API version of its events")
def event_version(connection: Connection) -> SafeString | str:
    """Returns the API version of the newest event, and what to do when it is not the connection's."""
    sent = InboundEvent.objects.filter(connection=connection, source=InboundSource.WEBHOOK)
    newest = sent.order_by("-received_at")
    last = newest.values_list("api_version", "received_at").first()
    if last is None:
        return "No event has arrived yet."
    version, received = last
    shown = f"{version or 'no version'}, last received {_moment(received)}"
    if version == connection.api_version:
        return shown
    advice = (
        "The webhook endpoint was created for another version than {}. FlexSync understands its events all the same."
        " To get them in that version, delete the endpoint at the provider, then register the webhook again."
    )
    wanted = connection.api_version or "the connection's"
    return format_html('{}<span class="block">' + advice + "</span>", shown, wanted)


@remembered
@admin.display(description="Polled events")
def catch_up(connection: Connection) -> SafeString:
    """Returns when its events were last polled, and what webhooks had missed."""
    found = summary.of(connection, timezone.now())
    polled = f"Last polled {_moment(found.last_poll_at)}." if found.last_poll_at else "Not polled yet."
    missed = to_list(
        f"{found.missed} events", InboundEvent, connection__id__exact=connection.pk, source__exact="polled"
    )
    lately = (
        f"; {found.missed_lately} of the last day were brought by no webhook" if found.missed_lately else ""
    )
    brought = format_html("Polls had to bring {}{}.", missed, lately)
    lines = [polled, brought, *([found.last_error] if found.last_error else [])]
    return format_html_join("", '<span class="block">{}</span>', [[line] for line in lines])


@remembered
@admin.display(description="Alarms")
def open_alarms(connection: Connection) -> SafeString | str:
    """Returns the open alarms, with links to them."""
    rows = [(row_url(alarm), alarm.get_code_display(), alarm.message) for alarm in alarms.open_of(connection)]
    shown = format_html_join(
        "", '<span class="block"><a href="{}" class="text-red-700 dark:text-red-400">{}</a>: {}</span>', rows
    )
    return shown or NOTHING


@admin.display(description="See also")
def related(connection: Connection) -> SafeString:
    """Returns links to the connection's events, syncs and mappings."""
    of_connection = {"connection__id__exact": connection.pk}
    return joined(
        [
            to_list("events", InboundEvent, **of_connection),
            to_list("syncs", OutboundSync, **of_connection),
            to_list("mappings", EntityMapping, **of_connection),
        ]
    )
