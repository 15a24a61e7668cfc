"""Lists and single rows of connections and what belongs to them, within the caller's environment."""

from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from billing.api import versions
from billing.api.base_views import VersionedView
from billing.api.filters import filter_names
from billing.api.pagination import PARAMETERS
from billing.errors import NotFound
from billing.texts import is_storable
from integrations.api.schema import RowSchema
from integrations.models import Connection

RowT = TypeVar("RowT", bound=Model)
CONNECTION = "connection__environment_id"


class RowViewSet(VersionedView, GenericViewSet[RowT]):
    """List and retrieve. ``detail_serializer_class`` shows a single row."""

    noun: ClassVar[str]
    environment_path: ClassVar[str] = CONNECTION
    detail_serializer_class: ClassVar[type[BaseSerializer[Any]]]
    # The actions that change a row only as the caller has seen it, where If-Match says so.
    versioned: ClassVar[frozenset[str]] = frozenset()
    schema = RowSchema()

    @property
    def has_versions(self) -> bool:  # type: ignore[override]
        """By action."""
        return self.action in self.versioned

    def get_queryset(self) -> QuerySet[RowT]:
        """Returns the rows of this environment.

        A list names the connections by their ids: through a join PostgreSQL does not know that those of this
        environment may have hardly any of the rows, and reads all others for them.
        """
        rows = super().get_queryset()
        if self.action != "list" or self.environment_path != CONNECTION:
            return rows.filter(**{self.environment_path: self.environment_id})
        own = Connection.objects.filter(environment_id=self.environment_id)
        return rows.filter(connection_id__in=list(own.values_list("pk", flat=True)))

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        """Returns the serializer of lists or of a single row."""
        return super().get_serializer_class() if self.action == "list" else self.detail_serializer_class

    def list(self, request: Request) -> Response:
        """Returns the rows that match all given filters, newest first unless ``ordering`` is given."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, id: str) -> Response:
        """Returns a row by its id."""
        return self.respond(id)

    def row(self, id: str) -> RowT:
        """Returns the row; raises NotFound when this environment has no such id."""
        found = self.get_queryset().filter(pk=id).first() if is_storable(id) else None
        if found is None:
            raise NotFound(f"There is no {self.noun} {id}.")
        return found

    def respond(self, id: str, status: int = 200) -> Response:
        """Returns the response with the row as it is now, and its ETag where it has a version."""
        row = self.row(id)
        return Response(self.get_serializer(row).data, status=status, headers=versions.headers(row))

    def current(self, id: str) -> Response:
        """Returns what somebody sees who reads the row now."""
        return self.respond(id)

    def known_parameters(self) -> Iterable[str]:
        """Returns the filters and paging of a list."""
        return PARAMETERS | filter_names(self) if self.action == "list" else ()
