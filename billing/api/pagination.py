"""How lists are paged: {"items": [...], "pagination": {"total", "limit", "offset", "next"}}."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api import cursors, sorting
from billing.errors import Invalid

PARAMETERS = frozenset({"limit", "offset", cursors.NAME, "total"})
# What a page costs grows with the rows that it shows and with those that it skips: up to these it is there at
# once, of a million rows too (docs/performance.md).
LARGEST_LIMIT, LARGEST_OFFSET = 250, 10_000
# As many rows are counted without being asked: more take longer than the page itself.
COUNTED = 10_000
READ_ON = f"To read on, send the `next` of each page as `{cursors.NAME}`."
DESCRIPTIONS = {
    "limit": "How many items to return.",
    "offset": "How many items to skip. Items that come or go meanwhile move the pages, and it ends here: `after` has"
    " neither.",
    cursors.NAME: "The `next` of the page before: what comes after it, with the same `ordering` and filters.",
    "total": f"Whether to count all that match. Unless given, they are counted up to {COUNTED:,}.",
}


class ItemsPagination(LimitOffsetPagination):
    """``limit`` (50 unless given), and ``after`` or ``offset``."""

    default_limit = 50
    max_limit = LARGEST_LIMIT

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """One page; raises Invalid for parameters that make no sense."""
        self.limit = self.get_limit(request)
        self.offset = self.get_offset(request)
        if "ordering" in request.query_params:
            sorting.refuse_many(queryset)
        self.count = _total(queryset, request)
        after = request.query_params.get(cursors.NAME)
        if after is not None:
            self.offset = None
            queryset = cursors.behind(queryset, after)
        skipped = self.offset or 0
        # The page is found by its keys: what else is shown is read of its own rows, and not of all that are
        # skipped or sorted.
        page = queryset.values("pk")[skipped : skipped + self.limit + 1]
        rows = list(queryset.filter(pk__in=page))
        self.next = cursors.cursor(queryset, rows[self.limit - 1]) if len(rows) > self.limit else None
        return rows[: self.limit]

    def get_limit(self, request: Request) -> int:
        """``limit``; raises Invalid for one that is not within its bounds."""
        return _number(request, "limit", self.default_limit, 1, LARGEST_LIMIT)

    def get_offset(self, request: Request) -> int:
        """``offset``; raises Invalid for one that is negative or too large, or beside ``after``."""
        if {"offset", cursors.NAME} <= set(request.query_params):
            raise Invalid.of({"offset": f"Send either this or `{cursors.NAME}`."})
        return _number(request, "offset", 0, 0, LARGEST_OFFSET)

    def get_paginated_response(self, data: Any) -> Response:
        """One page."""
        page = {"total": self.count, "limit": self.limit, "offset": self.offset, "next": self.next}
        return Response({"items": data, "pagination": page})

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The parameters in OpenAPI, with their bounds."""
        number = {"type": "integer"}
        schemas = {
            "limit": number | {"minimum": 1, "maximum": self.max_limit, "default": self.default_limit},
            "offset": number | {"minimum": 0, "maximum": LARGEST_OFFSET},
            cursors.NAME: {"type": "string", "minLength": 1},
            "total": {"type": "boolean"},
        }
        return [
            {"name": name, "in": "query", "schema": schema, "description": DESCRIPTIONS[name]}
            for name, schema in schemas.items()
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The page in OpenAPI."""
        return {
            "type": "object",
            "required": ["items", "pagination"],
            "properties": {"items": schema, "pagination": {"$ref": "#/components/schemas/Pagination"}},
        }


def add_component(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """The OpenAPI document with the one description of pages that all lists name."""
    result["components"]["schemas"]["Pagination"] = _PAGE
    return result


_PAGE = {
    "type": "object",
    "required": ["total", "limit", "offset", "next"],
    "properties": {
        "total": {
            "type": ["integer", "null"],
            "description": f"How many match; null where that are more than {COUNTED:,}, unless `total=true`.",
        },
        "limit": {"type": "integer"},
        "offset": {"type": ["integer", "null"], "description": f"Null with `{cursors.NAME}`."},
        "next": {
            "type": ["string", "null"],
            "description": f"Send it as `{cursors.NAME}` for the next page; null on the last one.",
        },
    },
}


def _total(rows: QuerySet[Any], request: Request) -> int | None:
    """How many match, None where that is not known; raises Invalid for another word than true and false."""
    wanted = request.query_params.get("total")
    if wanted not in (None, "true", "false"):
        raise Invalid.of({"total": "Send true or false."})
    if wanted == "true":
        return rows.count()
    if wanted == "false":
        return None
    counted = rows.order_by().values("pk")[: COUNTED + 1].count()
    return counted if counted <= COUNTED else None


def _number(request: Request, name: str, default: int, least: int, most: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 12 and least <= int(text) <= most):
        raise Invalid.of({name: f"Send a whole number from {least} to {most}. {READ_ON}"})
    return int(text)
