"""Query parameters in OpenAPI: each has a value where it is sent (base_views.refuse_unknown)."""

from typing import Any


def never_empty(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """The document, in which no text of a query is empty, and no list of texts."""
    for operations in result["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "query":
                    _require_value(parameter["schema"])
    return result


def _require_value(schema: dict[str, Any]) -> None:
    if schema.get("type") == "string":
        schema.setdefault("minLength", 1)
    if schema.get("type") == "array":
        schema.setdefault("minItems", 1)
        _require_value(schema["items"])
