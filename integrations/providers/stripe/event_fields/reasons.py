"""The reasons for which handlers ignore events, read from their source."""

import ast
from collections.abc import Iterator
from pathlib import Path

HANDLERS = Path(__file__).parent.parent / "handlers"


def reasons() -> Iterator[tuple[str, str]]:
    """Each module and reason, in their order there; "..." stands for what differs from event to event."""
    for path in sorted(HANDLERS.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Ignored":
                yield from ((path.name, text) for text in [_text(node.args[0])] if text)


def _text(node: ast.expr) -> str:
    """The text of a constant or an f-string, "" for a variable."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or "..." for part in node.values)
    return ""
