"""A column: how often an event or a sync was tried, and when it is tried next."""

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html

from integrations.models import InboundEvent, OutboundSync
from integrations.models.connections import ConnectionStatus

# Applying an event seldom calls the provider, so it continues while the connection is broken.
WAITS_WHILE = {
    InboundEvent: {ConnectionStatus.PAUSED},
    OutboundSync: set(ConnectionStatus) - {ConnectionStatus.ACTIVE},
}


@admin.display(description="Attempts", ordering="attempts")
def attempts(row: InboundEvent | OutboundSync) -> str:
    """Returns the number of attempts, and when the next one is due or what it waits for."""
    if row.settled_at is not None or row.next_attempt_at is None:
        return str(row.attempts)
    if row.connection.status in WAITS_WHILE[type(row)]:
        waits = '{}<span class="block whitespace-nowrap">waits: connection is {}</span>'
        return format_html(waits, row.attempts, row.connection.status)
    due = timezone.localtime(row.next_attempt_at)
    next_attempt = '{}<span class="block whitespace-nowrap" title="{}">next {} UTC</span>'
    return format_html(next_attempt, row.attempts, due, due.strftime("%H:%M:%S"))
