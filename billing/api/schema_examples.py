"""Examples of objects in OpenAPI, as the API has shown them: examples.json has them by component."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any


def add_examples(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """The document, in which each of billing's components has its example."""
    return added(result, examples())


def added(result: dict[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """The document, in which each of these components has its example."""
    for name, example in found.items():
        result["components"]["schemas"][name]["examples"] = [example]
    return result


@cache
def examples() -> dict[str, Any]:
    """All of billing's."""
    return read(Path(__file__).with_name("examples.json"))


def read(file: Path) -> dict[str, Any]:
    """Examples by component."""
    found: dict[str, Any] = json.loads(file.read_text())
    return found
