"""Examples of what integrations show, in OpenAPI: examples.json has them by component."""

from functools import cache
from pathlib import Path
from typing import Any

from billing.api import schema_examples


def add_examples(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """The document, in which each of these components has its example."""
    return schema_examples.added(result, examples())


@cache
def examples() -> dict[str, Any]:
    """All of them."""
    return schema_examples.read(Path(__file__).with_name("examples.json"))
