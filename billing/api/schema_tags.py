"""Tags in OpenAPI: what each group of calls is called."""

from typing import Any


def add_tags(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """The document, which names the tags of its calls in order."""
    found = {
        tag for operations in result["paths"].values() for one in operations.values() for tag in one["tags"]
    }
    result["tags"] = [{"name": name} for name in sorted(found)]
    return result
