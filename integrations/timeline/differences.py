"""Where both sides differed: conflicts, and findings of comparisons."""

from typing import Any

from integrations.models import Conflict, Finding
from integrations.models.connections import Owner
from integrations.models.findings import FindingState
from integrations.timeline.cursors import Page
from integrations.timeline.entries import Entry, EntryKind, Place
from integrations.timeline.subjects import Subject

CONFLICTS, FINDINGS = 4, 5
_STATES = {
    FindingState.OPEN: "open",
    FindingState.ACCEPTED: "accepted as it is",
    FindingState.HEALED: "no longer so",
}


def conflicts(subject: Subject, page: Page) -> list[Entry]:
    """Fields that were changed on both sides at once."""
    found = Conflict.objects.filter(entity_id__among=subject.names)
    return [_conflict(one, subject) for one in page.of(found, CONFLICTS, "created_at")]


def findings(subject: Subject, page: Page) -> list[Entry]:
    """What comparisons found."""
    found = Finding.objects.filter(entity_id__among=subject.names)
    return [_finding(one, subject) for one in page.of(found, FINDINGS, "found_at")]


def _conflict(one: Conflict, subject: Subject) -> Entry:
    winners = {"": "open: a person has to choose", Owner.FLEXSYNC: "FlexSync's value was kept"}
    outcome = winners.get(one.winner, "the provider's value was taken")
    return Entry(
        Place(one.created_at, CONFLICTS, one.pk),
        EntryKind.CONFLICT,
        f"{_field(one.field)} of {subject.called(one.entity_type, one.entity_id)} was changed on both sides",
        f"decided by {one.decided_by}" if one.decided_by else "",
        details=(outcome, *_both(one.ours, one.theirs, subject.at(one.connection_id))),
        state="" if one.winner else "open",
        about=("integrations.conflict", one.pk),
    )


def _finding(one: Finding, subject: Subject) -> Entry:
    what = _field(one.field) if one.field else one.get_kind_display()
    return Entry(
        Place(one.found_at, FINDINGS, one.pk),
        EntryKind.FINDING,
        f"A comparison found a difference of {subject.called(one.entity_type, one.entity_id)}: {what}",
        f"accepted by {one.accepted_by}" if one.accepted_by else "",
        details=(
            _STATES[FindingState(one.state)],
            *(_both(one.ours, one.theirs, subject.at(one.connection_id)) if one.field else ()),
            *filter(None, [one.why]),
        ),
        state=one.state,
        about=("integrations.finding", one.pk),
    )


def _field(name: str) -> str:
    return name.replace("_", " ").replace(".", ": ").capitalize()


def _both(ours: Any, theirs: Any, where: str) -> tuple[str, str]:
    return f"here: {_shown(ours)}", f"at {where}: {_shown(theirs)}"


def _shown(value: Any) -> str:
    return "nothing" if value in (None, "", {}, []) else str(value)
