"""How often a row was tried, and when it is tried next."""

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html

from integrations.models import InboundEvent, OutboundSync
from integrations.models.connections import ConnectionStatus

# An event asks the provider nothing as a rule, so it is applied also while the connection is broken.
HOLDING = {
    InboundEvent: {ConnectionStatus.PAUSED},
    OutboundSync: set(ConnectionStatus) - {ConnectionStatus.ACTIVE},
}


@admin.display(description="Attempts", ordering="attempts")
def attempts(row: InboundEvent | OutboundSync) -> str:
    """The number of attempts, and the time of the next one, or what it waits for, while the row waits."""
    if row.settled_at is not None or row.next_attempt_at is None:
        return str(row.attempts)
    if row.connection.status in HOLDING[type(row)]:
        waits = '{}<span class="block whitespace-nowrap">connection {}</span>'
        return format_html(waits, row.attempts, row.connection.status)
    due = timezone.localtime(row.next_attempt_at)
    later = '{}<span class="block whitespace-nowrap" title="{}">next {}</span>'
    return format_html(later, row.attempts, due, due.strftime("%H:%M:%S"))
