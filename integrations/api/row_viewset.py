"""Lists and single rows of what belongs to connections, within the caller's environment alone."""

from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from billing.api.doors import Door
from billing.api.filters import filter_names
from billing.errors import NotFound
from billing.models import ApiKey
from integrations.api.schema import RowSchema

PAGE = frozenset({"limit", "offset"})
RowT = TypeVar("RowT", bound=Model)


def caller(request: Request) -> str:
    """Who asks, as operators read it."""
    return f"API key {request.auth.name}" if isinstance(request.auth, ApiKey) else ""


class RowViewSet(Door, GenericViewSet[RowT]):
    """List and retrieve. ``whole`` shows one row where a list says less."""

    noun: ClassVar[str]
    environment_path: ClassVar[str] = "connection__environment_id"
    whole: ClassVar[type[BaseSerializer[Any]]]
    schema = RowSchema()

    def get_queryset(self) -> QuerySet[RowT]:
        """The rows of this environment."""
        return super().get_queryset().filter(**{self.environment_path: self.environment_id})

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        """How a row is shown."""
        return super().get_serializer_class() if self.action == "list" else self.whole

    def list(self, request: Request) -> Response:
        """Those that match all given filters, newest first unless ``ordering`` says otherwise."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, id: str) -> Response:
        """One, by its id."""
        return self.answer(id)

    def row(self, id: str) -> RowT:
        """The row; raises NotFound when this environment has none of that id."""
        found = self.get_queryset().filter(pk=id).first()
        if found is None:
            raise NotFound(f"There is no {self.noun} {id}.")
        return found

    def answer(self, id: str, status: int = 200) -> Response:
        """The row as it is now."""
        return Response(self.get_serializer(self.row(id)).data, status=status)

    def known_parameters(self) -> Iterable[str]:
        """Filters and paging where they apply."""
        return PAGE | filter_names(self) if self.action == "list" else ()
