"""How lists are paged: {"items": [...], "pagination": {"total", "limit", "offset"}}."""

from typing import Any

from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.response import Response

from billing.errors import Invalid

# PostgreSQL's largest OFFSET is far above; this one keeps a typing error from being a slow query.
LARGEST_OFFSET = 10_000_000


class ItemsPagination(LimitOffsetPagination):
    """``limit`` (50 unless given, at most 1000) and ``offset``."""

    default_limit = 50
    max_limit = 1000

    def get_limit(self, request: Request) -> int:
        """``limit``; raises Invalid for one that is not between 1 and 1000."""
        return _number(request, "limit", self.default_limit, 1, self.max_limit)

    def get_offset(self, request: Request) -> int:
        """``offset``; raises Invalid for one that is negative or too large."""
        return _number(request, "offset", 0, 0, LARGEST_OFFSET)

    def get_paginated_response(self, data: Any) -> Response:
        """One page."""
        page = {"total": self.count, "limit": self.limit, "offset": self.offset}
        return Response({"items": data, "pagination": page})

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Both parameters in OpenAPI, with their bounds."""
        limit = {"type": "integer", "minimum": 1, "maximum": self.max_limit, "default": self.default_limit}
        offset = {"type": "integer", "minimum": 0, "maximum": LARGEST_OFFSET, "default": 0}
        return [
            {"name": "limit", "in": "query", "schema": limit, "description": "How many items to return."},
            {
                "name": "offset",
                "in": "query",
                "schema": offset,
                "description": "How many items to skip.",
            },
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The page in OpenAPI."""
        number = {"type": "integer"}
        names = ("total", "limit", "offset")
        return {
            "type": "object",
            "required": ["items", "pagination"],
            "properties": {
                "items": schema,
                "pagination": {
                    "type": "object",
                    "required": list(names),
                    "properties": dict.fromkeys(names, number),
                },
            },
        }


def _number(request: Request, name: str, default: int, least: int, most: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 12 and least <= int(text) <= most):
        raise Invalid.of({name: f"Send a whole number from {least} to {most}."})
    return int(text)
