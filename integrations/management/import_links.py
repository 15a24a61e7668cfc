"""Link candidates at a shell: shown, decided in bulk or by a file of pairs, settled."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db.models import Count
from django.utils import timezone
from rich.console import Console
from rich.markup import escape

from integrations.management.exit_codes import WRONG_USE
from integrations.models import ImportRun
from integrations.models.link_candidates import LinkChoice
from integrations.reconcile.importing import runs
from integrations.reconcile.linking import candidates, decisions

OPTIONS = ("links", "link", "pairs", "settle")
BY, SHOWN = "manage.py import_from", 50
COLUMNS = ("entity_id", "provider_entity_id")


def decide(console: Console, run: ImportRun, options: dict[str, Any]) -> ImportRun:
    """Carries out what the options say of the candidates."""
    now = timezone.now()
    if options["pairs"]:
        decisions.add_pairs(run, _pairs(options["pairs"]), by=BY, now=now)
    for grade in options["link"]:
        decided = decisions.decide_all(run, grade, LinkChoice.LINK, by=BY, now=now)
        console.print(escape(f"{decided.number} {grade} linked. {decided.summary}".strip()))
    if options["settle"]:
        runs.settle_links(run, now, rest_apart=True, by=BY)
    return ImportRun.objects.get(pk=run.pk)


def report(console: Console, run: ImportRun) -> None:
    """Prints how many candidates there are, and the first of them."""
    grades = run.candidates.order_by("grade").values_list("grade").annotate(Count("id"))
    console.print(", ".join(f"{number} {grade}" for grade, number in grades) or "No link candidates.")
    for one in run.candidates.all()[:SHOWN]:
        rows = "; ".join(map(_row, candidates.shown(one)))
        said = one.choice or "undecided"
        console.print(escape(f"{one.grade}, {said}: {one.provider_entity_id} {one.label} = {rows}"))


def _row(shown: Sequence[str]) -> str:
    entity_id, label, why = shown
    return " ".join(filter(None, (entity_id, label, why and f"(same {why})")))


def _pairs(path: str) -> list[tuple[str, str]]:
    """The pairs of a file whose first line names the columns; raises CommandError for another one."""
    try:
        # As spreadsheets save it, too: with a mark of its encoding.
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise _refused(f"{path} cannot be read as a file of pairs in UTF-8: {error}.") from error
    lines = csv.DictReader(text.splitlines())
    if not set(COLUMNS) <= set(lines.fieldnames or ()):
        raise _refused(f"The first line of {path} has to be {','.join(COLUMNS)}.")
    return [_pair(path, lines.line_num, line) for line in lines]


def _pair(path: str, number: int, line: Mapping[str, str | None]) -> tuple[str, str]:
    entity_id, provider_entity_id = ((line[name] or "").strip() for name in COLUMNS)
    if not (entity_id and provider_entity_id):
        raise _refused(f"Line {number} of {path} lacks one of {' and '.join(COLUMNS)}.")
    return entity_id, provider_entity_id


def _refused(why: str) -> CommandError:
    return CommandError(why, returncode=WRONG_USE)
