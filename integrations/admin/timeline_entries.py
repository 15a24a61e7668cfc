"""Entries of a timeline, as its pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.admin.utils import quote
from django.urls import NoReverseMatch, reverse

from integrations.timeline.entries import Entry, EntryKind
from integrations.timeline.subjects import Subject

LABELS = {
    EntryKind.CHANGE: "Changes",
    EntryKind.PAYMENT: "Payments",
    EntryKind.REFUND: "Refunds",
    EntryKind.DISPUTE: "Disputes",
    EntryKind.CREDIT_NOTE: "Credit notes",
    EntryKind.PUSH: "Sent",
    EntryKind.EVENT: "Events",
    EntryKind.CONFLICT: "Conflicts",
    EntryKind.FINDING: "Differences",
    EntryKind.MAPPING: "Links",
    EntryKind.ALERT: "Alerts",
    EntryKind.NOTE: "Notes",
}
_ICONS = {
    EntryKind.CHANGE: "edit",
    EntryKind.PAYMENT: "payments",
    EntryKind.REFUND: "undo",
    EntryKind.DISPUTE: "gavel",
    EntryKind.CREDIT_NOTE: "request_quote",
    EntryKind.PUSH: "upload",
    EntryKind.EVENT: "download",
    EntryKind.CONFLICT: "call_split",
    EntryKind.FINDING: "difference",
    EntryKind.MAPPING: "link",
    EntryKind.ALERT: "notifications",
    EntryKind.NOTE: "sticky_note_2",
}


@dataclass(frozen=True)
class ShownEntry:
    """``url``: the page that says more, "" where that is the row whose timeline it is, or there is none."""

    entry: Entry
    label: str
    icon: str
    url: str


def shown(subject: Subject, entries: Iterable[Entry]) -> list[ShownEntry]:
    """Returns the entries with icons and links."""
    return [
        ShownEntry(
            entry,
            LABELS[entry.kind].removesuffix("s"),
            _ICONS[entry.kind],
            "" if entry.about[1] == subject.row_id else _page(*entry.about),
        )
        for entry in entries
    ]


def _page(model: str, row_id: str) -> str:
    """Returns the address of the row's page; refunds and disputes have none of their own."""
    try:
        return reverse(f"admin:{model.replace('.', '_')}_change", args=[quote(row_id)]) if model else ""
    except NoReverseMatch:
        return ""
