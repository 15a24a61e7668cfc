"""Tags in OpenAPI: what each group of calls is called, and is for."""

from typing import Any


def add_tags(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """The document, which names the tags of its calls in order, as the setting TAGS describes them."""
    found = {
        tag for operations in result["paths"].values() for one in operations.values() for tag in one["tags"]
    }
    described = {tag["name"]: tag for tag in result.get("tags", ())}
    result["tags"] = [described.get(name, {"name": name}) for name in sorted(found)]
    return result
