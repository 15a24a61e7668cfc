"""What of the OpenAPI document is billing's."""

from typing import Any

NOUNS = ("customers", "plans", "prices", "subscriptions", "invoices", "payments", "credit_notes")
NOUNS += ("refunds", "disputes")


def operations(document: Any) -> dict[str, Any]:
    """Each call by its method and path."""
    return {
        f"{method} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if path.split("/")[2] in NOUNS and "{provider}" not in path and not path.endswith("/refund")
    }
