"""What a look says of findings: healed, or still there, perhaps with other values."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from integrations.models import Finding
from integrations.models.findings import UNHEALED, FindingKind, FindingState
from integrations.reconcile.comparing import audit
from integrations.reconcile.comparing.differences import Difference, key_of
from integrations.reconcile.repairing.subjects import Subject


def heal(subject: Subject, now: datetime) -> None:
    """The finding is over."""
    _heal([subject.finding.pk], now)


def follow(subject: Subject, found: Sequence[Difference], now: datetime) -> Difference | None:
    """Heals all findings of the pair that are not among what was ``found``; returns what is left of this one.

    Of that, the finding has the values of now.
    """
    by_key = {one.key: one for one in found}
    same = Finding.objects.filter(**subject.names, state__in=UNHEALED)
    pairs = same.filter(kind=FindingKind.DIFFERS)
    _heal([one.pk for one in pairs if key_of(one) not in by_key], now)
    left = by_key.get(key_of(subject.finding))
    if left is not None:
        seen = {name: getattr(left, name) for name in ("ours", "theirs", "suggested", "why")}
        Finding.objects.filter(pk=subject.finding.pk).update(seen_at=now, **seen)
    return left


def is_as_shown(finding: Finding, left: Difference) -> bool:
    """Whether both values are those that a person saw."""
    return _plain((finding.ours, finding.theirs)) == _plain((left.ours, left.theirs))


def _plain(values: Any) -> str:
    return json.dumps(values, sort_keys=True)


def _heal(ids: Sequence[str], now: datetime) -> None:
    unhealed = Finding.objects.filter(pk__in=ids, state__in=UNHEALED)
    audit.healed(unhealed)
    unhealed.update(state=FindingState.HEALED, healed_at=now)
