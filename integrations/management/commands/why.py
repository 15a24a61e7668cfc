"""`manage.py why ID`: what an id names, how it stands, and its story, newest first."""

from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError
from rich.markup import escape

from billing.management.operator_command import OperatorCommand
from billing.models import Environment
from integrations.management.exit_codes import FAILED, WRONG_USE
from integrations.search.finding import Found, Results, search
from integrations.timeline.about import subject_of
from integrations.timeline.entries import Entry, EntryKind
from integrations.timeline.story import Timeline, timeline

# How many rows of each kind are named where an id names several.
MOST = 10
INDENT = " " * 25


class Command(OperatorCommand):
    help = "Tell the story of whatever an id of either side names. Ends with 1 when nothing has it, 2 for wrong use."
    examples = (
        ("why in_1PZ...", "an invoice, by the provider's id"),
        ("why INV-000017", "by its number"),
        ("why evt_1PZ...", "what an event was about, and what became of it"),
        ("why req_8Kd...", "the sync that made a call"),
        ("why ada@example.com --only payment --only refund", "a customer's payments and refunds"),
        ("why INV-000017 --json | jq '.story[].title'", "for programs"),
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declares the options."""
        parser.add_argument("id", metavar="ID", help="any id, number, e-mail address or name")
        parser.add_argument("--limit", type=int, default=30, help="how many entries; 30 unless given")
        parser.add_argument(
            "--only",
            action="append",
            default=[],
            choices=[kind.value for kind in EntryKind],
            help="entries of this kind; may be repeated",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Finds it and tells; raises CommandError with the exit code."""
        environments = list(Environment.objects.values_list("pk", flat=True))
        results = search(options["id"], environments=environments, limit=MOST)
        chosen = _chosen(results)
        if chosen is None:
            self.answer({"found": [_named(one) for one in results.found], "story": []})
            return self._list(results)
        subject = subject_of(chosen.row if chosen.page is None else chosen.page)
        kinds = [EntryKind(one) for one in options["only"]]
        story = timeline(subject, only=kinds, limit=options["limit"]) if subject else Timeline([], "")
        self.answer(
            {"found": [_named(chosen)], "story": [_shown(one) for one in story.entries], "next": story.next}
        )
        self._tell(chosen, story, kinds)
        for other in results.found:
            if other is not chosen:
                self._say(f"[dim]Also found: {escape(_line(other))}[/]")
        return None

    def _tell(self, found: Found, story: Timeline, kinds: list[EntryKind]) -> None:
        self._say(f"[bold]{escape(_line(found))}[/]")
        for text in filter(None, (getattr(found.row, name, "") for name in ("reason", "last_error"))):
            self._say(f"  [red]{escape(text)}[/]")
        for one in story.entries:
            self._say(f"{one.at:%Y-%m-%d %H:%M:%S} UTC  {escape(one.title)}")
            requests = filter(None, (one.request_id, *one.provider_request_ids))
            for line in filter(None, (one.who, *one.details, *(f"request {each}" for each in requests))):
                self._say(f"{INDENT}[dim]{escape(line)}[/]")
        if kinds and not story.entries:
            self._say(f"Nothing of this kind is on record: {', '.join(kinds)}.")
        if story.next:
            self.console.print("There is more: --limit shows it.")

    def _say(self, line: str) -> None:
        self.console.print(line, soft_wrap=True)

    def _list(self, results: Results) -> None:
        if not results.found:
            raise CommandError(
                results.problem or f"Nothing has {results.term!r} as its id, number, e-mail address or name.",
                returncode=WRONG_USE if results.problem else FAILED,
            )
        for one in results.found:
            self._say(escape(_line(one)))
        raise CommandError(f"{len(results.found)} rows have that: give the id of one.", returncode=WRONG_USE)


def _chosen(results: Results) -> Found | None:
    """The one that is meant: the first whose whole value it is, or the only one."""
    whole = [one for one in results.found if results.term in (one.value, one.id)]
    if whole:
        return whole[0]
    return results.found[0] if len(results.found) == 1 else None


def _line(one: Found) -> str:
    customer = str(one.customer or "") if one.kind != "customer" else ""
    paid = getattr(one.row, "payment_status", "") if one.kind == "invoice" else ""
    states = (text.replace("_", " ") for text in (one.state, paid))
    parts = (one.name, one.title, one.id, *states, customer, str(one.environment))
    return " · ".join(part for part in parts if part)


def _named(one: Found) -> dict[str, str]:
    customer = str(one.customer.pk) if one.customer is not None else ""
    row = {"kind": one.kind, "id": one.id, "title": one.title, "state": one.state, "customer_id": customer}
    why = {
        name: str(getattr(one.row, name, ""))
        for name in ("reason", "last_error")
        if getattr(one.row, name, "")
    }
    return {
        **row,
        "environment_id": str(one.environment.pk),
        "found_by": one.label,
        "value": one.value,
        **why,
    }


def _shown(one: Entry) -> dict[str, Any]:
    texts = {"at": one.at, "kind": one.kind, "title": one.title, "who": one.who, "details": list(one.details)}
    more = {name: asdict(one)[name] for name in ("changes", "state", "request_id")}
    return {**texts, **more, "provider_request_ids": list(one.provider_request_ids)}
