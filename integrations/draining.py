"""Applies all that is due in the inbox, oldest first; several workers share by passing over what another holds."""

from django.utils import timezone

from integrations import inbox, wakeups
from integrations.models import InboundEvent

# Events looked up at once, and how often one run does so before it lets other tasks have their turn.
BATCH, ROUNDS = 50, 20


def drain() -> bool:
    """Applies what is due until nothing is left; True when it stopped before that, to be called again."""
    wakeups.begun()
    for _ in range(ROUNDS):
        due = InboundEvent.objects.due(timezone.now()).values_list("pk", flat=True)[:BATCH]
        # What is left when none could be taken is in the hands of others.
        if not sum(inbox.process(event_id, timezone.now()) for event_id in due):
            return False
    return True
