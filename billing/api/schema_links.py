"""Links in OpenAPI: the id in the answer to a POST is the ``id`` of the calls about that row."""

from typing import Any

Operation = dict[str, Any]


def add_links(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """The document with them; they follow from its paths (https://spec.openapis.org/oas/v3.0.3#link-object)."""
    for path, operations in result["paths"].items():
        create = operations.get("post")
        if create is not None and f"{path}/{{id}}" in result["paths"]:
            links = _links(result["paths"], f"{path}/{{id}}")
            for status in {"201", "202"} & create["responses"].keys():
                create["responses"][status]["links"] = links
    return result


def _links(paths: dict[str, dict[str, Operation]], row: str) -> dict[str, Any]:
    """To each call at the row's address, or below it without another part that varies."""
    about = {path: found for path, found in paths.items() if path == row or path.startswith(f"{row}/")}
    return {
        operation["operationId"]: {
            "operationId": operation["operationId"],
            "parameters": {"id": "$response.body#/id"},
        }
        for operations in about.values()
        for operation in operations.values()
    }
