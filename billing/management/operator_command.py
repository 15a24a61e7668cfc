"""What all commands share: examples in their help, and ``--json`` for programs."""

import json
from argparse import RawDescriptionHelpFormatter
from typing import Any, ClassVar

from django.core.management.base import CommandParser, DjangoHelpFormatter
from django.core.serializers.json import DjangoJSONEncoder
from django_rich.management import RichCommand


class _Help(DjangoHelpFormatter, RawDescriptionHelpFormatter):
    """Django's order of options, and examples line by line."""


class OperatorCommand(RichCommand):
    """A command that a person or a program types.

    ``examples``: (what is typed after "manage.py", what that is for). With ``--json`` words are left out, and
    stdout has what the command hands to ``answer``: one document, also where it ends with an error. Errors go
    to stderr, as ever.
    """

    examples: ClassVar[tuple[tuple[str, str], ...]] = ()
    as_json = False

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        """With the examples and the option that all have."""
        parser = super().create_parser(prog_name, subcommand, formatter_class=_Help, **options)
        width = max((len(typed) for typed, _ in self.examples), default=0)
        lines = (f"  manage.py {typed.ljust(width)}  {why}".rstrip() for typed, why in self.examples)
        parser.epilog = "\n".join(["examples:", *lines])
        parser.add_argument("--json", action="store_true", help="print one JSON document instead of words")
        return parser

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Carries it out, without words where JSON is wanted."""
        self.as_json = bool(options.get("json"))
        return super().execute(*args, **options)

    def make_rich_console(self, **options: Any) -> Any:
        """The console for words."""
        return super().make_rich_console(quiet=self.as_json, **options)

    def answer(self, document: Any) -> None:
        """Prints it where JSON is wanted: amounts are text, times ISO 8601."""
        if self.as_json:
            self.stdout.write(json.dumps(document, cls=DjangoJSONEncoder, indent=2))

    def say(self, text: str) -> None:
        """Prints a line as it is, for shells that read it; nothing where JSON is wanted."""
        if not self.as_json:
            self.stdout.write(text)
