"""How often a row was tried, and when it is tried next."""

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html

from integrations.models import InboundEvent, OutboundSync


@admin.display(description="Attempts", ordering="attempts")
def attempts(row: InboundEvent | OutboundSync) -> str:
    """The number of attempts, and the time of the next one while the row waits."""
    if row.settled_at is not None or row.next_attempt_at is None:
        return str(row.attempts)
    due = timezone.localtime(row.next_attempt_at)
    later = '{}<span class="block whitespace-nowrap" title="{}">next {}</span>'
    return format_html(later, row.attempts, due, due.strftime("%H:%M:%S"))
