"""The reasons for which the Stripe provider ignores events, read from its source."""

import ast
from collections.abc import Iterator
from pathlib import Path

PROVIDER = Path(__file__).parent.parent
HANDLERS = PROVIDER / "handlers"
# What makes an event ignored, with the reason as its first argument.
_MAKERS = ("Ignored", "ignoring")


def reasons() -> Iterator[tuple[str, str]]:
    """Each module and reason, in their order there; "..." stands for what differs from event to event."""
    for path in [*sorted(HANDLERS.glob("*.py")), PROVIDER / "provider.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in _MAKERS:
                yield from ((path.name, text) for text in [_text(node.args[0])] if text)


def _text(node: ast.expr) -> str:
    """The text of a constant or an f-string, "" for a variable."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or "..." for part in node.values)
    return ""
