"""`manage.py status`: what needs a person now, as the admin's first page shows it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from rich.markup import escape
from rich.table import Table

from billing.management.operator_command import OperatorCommand
from billing.models import Environment
from integrations.management.exit_codes import FAILED, WRONG_USE
from integrations.models import Connection
from integrations.triage.group import Group
from integrations.triage.groups import groups


class Command(OperatorCommand):
    help = (
        "Say what needs a person. Ends with 1 when something does, 2 for an unknown environment, 0 otherwise."
    )
    examples = (
        ("status", "everything, in words"),
        ("status --environment Production", "of one environment"),
        ("status --json | jq '.[].title'", "for programs"),
        ("status > /dev/null || notify", "exit code 1: something needs a person"),
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declares the options."""
        parser.add_argument(
            "--environment", default="", metavar="NAME", help="its name or id; unless given: all"
        )
        parser.add_argument("--all", action="store_true", help="with those that a person has dismissed")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Reports the groups; raises CommandError with the exit code."""
        found = groups(timezone.now(), _environment(options["environment"]))
        shown = [group for group in found if options["all"] or not group.is_dismissed]
        self.answer([one.shown() for one in shown])
        if shown:
            self._show(shown)
        else:
            self.console.print("All is well: nothing needs a person.")
        if waiting := sum(not group.is_dismissed for group in shown):
            what = "1 group needs" if waiting == 1 else f"{waiting} groups need"
            raise CommandError(f"{what} a person.", returncode=FAILED)

    def _show(self, shown: list[Group]) -> None:
        names = dict(Connection.objects.values_list("pk", "name"))
        table = Table("", "problem", "connection", "seen (UTC)", "at stake", "what to do")
        for one in shown:
            texts = (one.title, names.get(one.connection_id, ""), _seen(one), _stake(one))
            table.add_row(str(one.count), *map(escape, texts), one.kind.remedy)
        self.console.print(table)


def _seen(group: Group) -> str:
    """Since when, and when last where that is another minute."""
    first, last = (f"{at:%Y-%m-%d %H:%M}" for at in (group.first_seen, group.last_seen))
    return first if first == last else f"{first} to {last}"


def _stake(group: Group) -> str:
    """The money, and until when something can be done."""
    deadline = [f"answer by {group.deadline:%Y-%m-%d %H:%M}"] if group.deadline else []
    return ", ".join([*group.stakes(), *deadline])


def _environment(name: str) -> str:
    """Returns its id, "" for no name; raises CommandError for an unknown one."""
    if not name:
        return ""
    rows = Environment.objects.filter(pk=name) | Environment.objects.filter(name=name)
    if (found := rows.first()) is None:
        known = ", ".join(Environment.objects.values_list("name", flat=True))
        raise CommandError(f"There is no environment {name}. There are: {known}.", returncode=WRONG_USE)
    return str(found.pk)
