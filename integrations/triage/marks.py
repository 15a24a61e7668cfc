"""What a person says of a group of problems."""

from datetime import datetime
from typing import Any

from django.db import transaction

from billing.errors import Invalid
from integrations.models import TriageMark
from integrations.triage.group import Group


def assign(group: Group, to: str) -> TriageMark:
    """Notes who looks after the group, "" for nobody."""
    return _mark(group, assigned_to=to)


def annotate(group: Group, note: str) -> TriageMark:
    """Replaces the note on the group, "" for none."""
    return _mark(group, note=note)


def dismiss(group: Group, *, by: str, reason: str, now: datetime) -> TriageMark:
    """Takes the group off the list until it happens again; raises Invalid without a reason."""
    if not reason.strip():
        raise Invalid.of({"reason": "Say why it may be left, for whoever finds it dismissed."})
    return _mark(group, dismissed_by=by, dismissed_reason=reason.strip(), dismissed_at=now)


def restore(group: Group) -> TriageMark:
    """Puts a dismissed group back."""
    return _mark(group, dismissed_by="", dismissed_reason="", dismissed_at=None)


def _mark(group: Group, **values: Any) -> TriageMark:
    with transaction.atomic():
        group.mark, _ = TriageMark.objects.update_or_create(
            key=group.key,
            defaults={"title": group.title, **values},
            create_defaults={"title": group.title, "environment_id": group.environment_id or None, **values},
        )
    return group.mark
