"""Findings: recorded once, opened again, healed."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from integrations.models import ComparisonPart, ComparisonRun, Finding
from integrations.models.findings import UNHEALED, FindingState
from integrations.reconcile.comparing import audit
from integrations.reconcile.comparing.differences import Difference, Key, key_of

# What of a finding follows each comparison.
_SEEN = (
    "label", "ours", "theirs", "amount_at_stake", "currency", "suggested", "why", "twins", "belongs_to", "debt",
)  # fmt: skip


def record(
    run: ComparisonRun, part: ComparisonPart, found: Sequence[tuple[Difference, datetime]], now: datetime
) -> None:
    """Records differences, each with when its page was asked for, or brings up to date what is known of them.

    One that was accepted is open again when its values have changed, or its time is over.
    """
    known = _known(run, part, [one for one, _ in found])
    new: dict[Key, Finding] = {}
    for one, asked_at in found:
        finding = known.get(one.key) or new.get(one.key)
        if finding is None:
            finding = new[one.key] = Finding(
                connection=run.connection, entity_type=part.entity_type, **asdict(one)
            )
        elif _is_open_again(finding, one, now):
            audit.moved([finding], FindingState.OPEN)
            finding.state = FindingState.OPEN
        for name in _SEEN:
            setattr(finding, name, getattr(one, name))
        finding.run, finding.seen_at, finding.asked_at = run, now, asked_at
    Finding.objects.bulk_create(new.values())
    audit.found(new.values())
    Finding.objects.bulk_update(known.values(), [*_SEEN, "state", "run", "seen_at", "asked_at"])


def hold(run: ComparisonRun, part: ComparisonPart, moving: Iterable[Difference]) -> None:
    """Leaves findings as they are of what is under way: this comparison knows nothing of it."""
    known = _known(run, part, list(moving))
    Finding.objects.filter(pk__in=[one.pk for one in known.values()]).update(run=run)


def heal(run: ComparisonRun, now: datetime) -> None:
    """Heals what this comparison has looked for and not found any more."""
    kinds = run.parts.filter(left_out="").values("entity_type")
    gone = Finding.objects.filter(connection=run.connection, state__in=UNHEALED, entity_type__in=kinds)
    audit.healed(gone.exclude(run=run))
    gone.exclude(run=run).update(state=FindingState.HEALED, healed_at=now)


def open_of(connection_id: str) -> QuerySet[Finding]:
    """Those that wait for somebody."""
    return Finding.objects.filter(connection_id=connection_id, state=FindingState.OPEN)


def _known(run: ComparisonRun, part: ComparisonPart, found: Sequence[Difference]) -> dict[Key, Finding]:
    """What is not healed of the same, locked."""
    ours = {one.entity_id for one in found if one.entity_id}
    theirs = {one.provider_entity_id for one in found if not one.entity_id}
    rows: QuerySet[Finding] = Finding.objects.filter(
        connection=run.connection, entity_type=part.entity_type, state__in=UNHEALED
    ).select_for_update()
    stored: list[Any] = [
        *rows.filter(entity_id__in=ours),
        *rows.filter(entity_id="", provider_entity_id__in=theirs),
    ]
    keys = {one.key for one in found}
    return {key: one for one in stored if (key := key_of(one)) in keys}


def _is_open_again(finding: Finding, found: Difference, now: datetime) -> bool:
    if finding.state != FindingState.ACCEPTED:
        return False
    is_over = finding.accepted_until is not None and finding.accepted_until <= now
    return is_over or (finding.ours, finding.theirs) != (found.ours, found.theirs)
