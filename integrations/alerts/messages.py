"""What people read of an alert."""

from collections.abc import Sequence

from django.conf import settings

from integrations.models import Alert
from integrations.triage.group import Group

# Of how many groups a message tells; of the others it says how many.
MOST = 10


def subject(new: Sequence[Group], over: Sequence[Alert]) -> str:
    """What a phone shows."""
    if len(new) == 1:
        return f"FlexSync: {new[0].kind.title}"
    if new:
        return f"FlexSync: {len(new)} new problems"
    return "FlexSync: over" if len(over) == 1 else f"FlexSync: {len(over)} problems are over"


def body(new: Sequence[Group], over: Sequence[Alert]) -> str:
    """What happened, what is at stake, what to do, and where."""
    parts = [_new(group) for group in new[:MOST]]
    parts += [f"Over: {alert.title}" for alert in over[:MOST]]
    if left := max(len(new) - MOST, 0) + max(len(over) - MOST, 0):
        parts.append(f"And {left} more.")
    parts.append(f"{settings.PUBLIC_URL.rstrip('/')}/admin/")
    return "\n\n".join(parts)


def _new(group: Group) -> str:
    stake = ", ".join(group.stakes())
    numbers = f"{group.count}, first seen {group.first_seen:%Y-%m-%d %H:%M} UTC"
    deadline = f", to be answered by {group.deadline:%Y-%m-%d %H:%M} UTC" if group.deadline else ""
    return f"{group.title}\n{numbers}{f', {stake} at stake' if stake else ''}{deadline}.\n{group.kind.remedy}"
