"""Puts a page of a timeline together: each source gives what it may have on it, the newest stay."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from billing.events import Kind
from billing.persistence.tables import MODELS
from integrations.timeline import alerts, changes, differences, events, links, notes, pushes
from integrations.timeline.cursors import Page, place_of, text_of
from integrations.timeline.entries import Entry, EntryKind
from integrations.timeline.subjects import Subject

Source = Callable[[Subject, Page], list[Entry]]
# Each with one query that is bounded by the page; the audit has kinds of its own.
_SOURCES: Mapping[EntryKind, Sequence[Source]] = {
    EntryKind.PUSH: (pushes.read,),
    EntryKind.EVENT: (events.read,),
    EntryKind.CONFLICT: (differences.conflicts,),
    EntryKind.FINDING: (differences.findings,),
    EntryKind.MAPPING: (links.mappings, links.by_hand),
    EntryKind.ALERT: (alerts.read,),
    EntryKind.NOTE: (notes.read,),
}


@dataclass(frozen=True)
class Timeline:
    """``entries``, newest first; ``next``: what ``before`` is for the page after it, "" for none."""

    entries: Sequence[Entry]
    next: str


def subject_of(kind: Kind, row_id: str, environment_id: str = "") -> Subject | None:
    """The row, of that environment if one is given; None where there is none."""
    found = MODELS[kind]._default_manager.filter(pk=row_id).first()
    if found is None or environment_id not in ("", found.environment_id):
        return None
    return Subject(kind, found)


def timeline(
    subject: Subject, *, before: str = "", only: Collection[EntryKind] = (), limit: int = 50
) -> Timeline:
    """One page. ``before``: the ``next`` of the page before; ``only``: kinds of entries, all unless given.

    Raises Invalid for a ``before`` that no page has had.
    """
    wanted = frozenset(only) or frozenset(EntryKind)
    # One more than is shown tells whether there is another page.
    page = Page(limit + 1, place_of(before) if before else None)
    found = changes.read(subject, page, wanted) if wanted & changes.KINDS else []
    for kind in sorted(wanted & _SOURCES.keys()):
        for source in _SOURCES[kind]:
            found += source(subject, page)
    found.sort(key=lambda entry: entry.place, reverse=True)
    shown = found[:limit]
    return Timeline(shown, text_of(shown[-1].place) if len(found) > limit else "")
