"""Examples of objects in OpenAPI, as the API has shown them: examples.json has them by component."""

import json
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("examples.json")


def add_examples(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """The document, in which each of these components has its example."""
    for name, example in examples().items():
        result["components"]["schemas"][name]["examples"] = [example]
    return result


@cache
def examples() -> dict[str, Any]:
    """All of them."""
    found: dict[str, Any] = json.loads(_FILE.read_text())
    return found
