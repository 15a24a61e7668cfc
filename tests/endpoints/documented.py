"""Compares the status of every response of the API, whatever test asks for it, with the OpenAPI document."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from rest_framework.views import APIView

from billing.api.base_views import EnvironmentView
from tests.endpoints.routes import template

# Of no operation: a method that the address does not know, and an error that a test has made.
LEFT_OUT = {405, 500}


@cache
def documented() -> dict[tuple[str, str], set[int]]:
    """The statuses that each operation names, by method and path; "default" does not count."""
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    paths = generator.get_schema(request=None, public=True)["paths"]  # type: ignore[no-untyped-call]
    return {
        (method, path): {int(status) for status in operation["responses"] if status != "default"}
        for path, operations in paths.items()
        for method, operation in operations.items()
    }


@contextmanager
def compared() -> Iterator[set[str]]:
    """Yields what was answered meanwhile and is not documented."""
    found: set[str] = set()

    def finalize(view: Any, request: Any, response: Any, *args: Any, **named: Any) -> Any:
        final = APIView.finalize_response(view, request, response, *args, **named)
        method, match = request.method.lower().replace("head", "get"), request.resolver_match
        known = documented().get((method, template(f"/{match.route}"))) if match else None
        if known is not None and final.status_code not in known | LEFT_OUT:
            found.add(f"{final.status_code} of {method.upper()} {match.route}")
        return final

    EnvironmentView.finalize_response = finalize  # type: ignore[assignment, method-assign]
    try:
        yield found
    finally:
        del EnvironmentView.finalize_response
