"""Draws docs/states.md from what the models declare: `python -m flexsync.state_diagrams`."""

from collections.abc import Iterator
from pathlib import Path

import django
from django.apps import apps
from django.db.models import Model

from billing.state_changes import StateChanges

PAGE = Path(__file__).resolve().parents[1] / "docs" / "states.md"
HEAD = """\
# States

Which state of an object may follow which, as the code declares it (`state_changes` of each model). `python -m flexsync.state_diagrams` draws this page anew. What a caller may change in
which state is in [what_can_change.md](what_can_change.md).
"""


def declared() -> list[tuple[type[Model], StateChanges]]:
    """Each model that declares how its states change."""
    found = ((model, getattr(model, "state_changes", None)) for model in apps.get_models())
    return [(model, changes) for model, changes in found if changes is not None]


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(section(model, changes) for model, changes in declared())])


def section(model: type[Model], changes: StateChanges) -> str:
    """One diagram below its heading."""
    lines = "\n".join(f"    {line}" for line in diagram(changes))
    name = str(model._meta.verbose_name).capitalize()
    return f"## {name}\n\nIts `{changes.column}`:\n\n```mermaid\nstateDiagram-v2\n{lines}\n```\n"


def diagram(changes: StateChanges) -> Iterator[str]:
    """Lines of mermaid's language; https://mermaid.js.org/syntax/stateDiagram.html."""
    if changes.among:
        yield 'state "one of these, in any order" as any_of_these {'
        yield from (f"    {state}" for state in sorted(changes.among))
        yield "}"
        yield "[*] --> any_of_these"
    for (befores, after), why in changes.moves.items():
        arrows = ["any_of_these"] if befores and set(befores) == changes.among else list(befores) or ["[*]"]
        yield from (f"{before} --> {after}{': ' + why if why else ''}" for before in arrows)
    if changes.onward:
        yield f"[*] --> {changes.onward[0]}: or any later one"
    for before, after in zip(changes.onward, changes.onward[1:], strict=False):
        yield f"{before} --> {after}: or any later one"


if __name__ == "__main__":
    django.setup()
    PAGE.write_text(page(), encoding="utf-8")
