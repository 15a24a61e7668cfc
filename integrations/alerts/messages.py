"""What people read of an alert."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings

from integrations.models import Alert
from integrations.triage.group import Group

# Of how many groups a message tells; of the others it says how many.
MOST = 10


@dataclass(frozen=True)
class Ended:
    """An alert that is told no more; ``left``: what is left of its group, None for nothing."""

    alert: Alert
    left: Group | None


def subject(new: Sequence[Group], ended: Sequence[Ended]) -> str:
    """What a phone shows."""
    if len(new) == 1:
        return f"FlexSync: {new[0].kind.title}"
    if new:
        return f"FlexSync: {len(new)} new problems"
    verb = "over" if all(one.left is None for one in ended) else "closed"
    return f"FlexSync: {verb}" if len(ended) == 1 else f"FlexSync: {len(ended)} problems are {verb}"


def body(new: Sequence[Group], ended: Sequence[Ended], places: Mapping[str, str]) -> str:
    """What happened, where (by the key of its group), what is at stake, what to do, and what is over."""
    parts = [_new(group, places[group.key]) for group in new[:MOST]]
    parts += [_ended(one, places[one.alert.key]) for one in ended[:MOST]]
    if left := max(len(new) - MOST, 0) + max(len(ended) - MOST, 0):
        parts.append(f"And {left} more.")
    parts.append(f"{settings.PUBLIC_URL.rstrip('/')}/admin/")
    return "\n\n".join(parts)


def _ended(ended: Ended, place: str) -> str:
    title = f"{ended.alert.title}{f' ({place})' if place else ''}"
    if ended.left is None:
        return f"Over: {title}"
    if ended.left.mark and ended.left.is_dismissed:
        mark = ended.left.mark
        return f"Dismissed by {mark.dismissed_by}: {title}\n{mark.dismissed_reason}"
    return f"Still there, but not among what this channel tells any more: {title}"


def _new(group: Group, place: str) -> str:
    stake = ", ".join(group.stakes())
    numbers = f"{group.count}, first seen {group.first_seen:%Y-%m-%d %H:%M} UTC"
    deadline = f", to be answered by {group.deadline:%Y-%m-%d %H:%M} UTC" if group.deadline else ""
    where = f"{place}: " if place else ""
    return f"{group.title}\n{where}{numbers}{f', {stake} at stake' if stake else ''}{deadline}.\n{group.kind.remedy}"
