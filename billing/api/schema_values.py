"""Values in OpenAPI: what the document offers is never refused."""

from typing import Any


def never_empty(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """The document, in which no text or list of a query is empty (base_views.refuse_unknown)."""
    for operations in result["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "query":
                    _require_value(parameter["schema"])
    return result


def accepted_defaults(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """The document, in which no field has a default that could not be sent: it is left out instead."""
    for schema in result["components"]["schemas"].values():
        for field in schema.get("properties", {}).values():
            if field.get("default") == "" and field.get("minLength"):
                del field["default"]
    return result


def any_is_null_too(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """The document, in which a field of any value is not said to be either that or null, which is both."""
    for schema in result["components"]["schemas"].values():
        for field in schema.get("properties", {}).values():
            if {} in field.get("oneOf", ()):
                del field["oneOf"]
    return result


def _require_value(schema: dict[str, Any]) -> None:
    if schema.get("type") == "string":
        schema.setdefault("minLength", 1)
    if schema.get("type") == "array":
        schema.setdefault("minItems", 1)
        _require_value(schema["items"])
