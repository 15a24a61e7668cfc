"""What all API views share: one environment, strict parameters, bounded JSON, idempotency, versions."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from billing.api import flexprice, versions
from billing.api.authentication import environment_of
from billing.api.expansions import expand, requested
from billing.api.filters import filter_names, outermost
from billing.api.idempotency import IdempotentRequests
from billing.api.pagination import PARAMETERS
from billing.api.parsers import BoundedJSONParser, require_length, require_plain
from billing.api.schema import ViewSchema
from billing.api.strict import StrictInput
from billing.errors import Invalid, NotFound
from billing.events import Kind
from billing.persistence import expected_versions
from billing.persistence.expected_versions import Outdated
from billing.texts import is_storable

RowT = TypeVar("RowT", bound=Model)
Items = list[dict[str, Any]]
# How an id looks in an address.
ID = "[0-9A-Za-z_]+"


def refuse_unknown(request: Request, known: Iterable[str]) -> None:
    """Raises Invalid that names each query parameter that is not ``known``, empty, there twice, or has NUL.

    An empty one is often a program's variable that was never set: to leave it out would list everything.
    """
    given, names = request.query_params, set(known)
    wrong = {
        name: "Null characters are not allowed. Send text without %00."
        for name, text in given.items()
        if not is_storable(str(text))
    }
    wrong |= dict.fromkeys((name for name in given if not given[name]), "Send a value, or leave it out.")
    wrong |= dict.fromkeys((name for name in given if len(given.getlist(name)) > 1), "Send it once.")
    wrong |= dict.fromkeys(
        (name for name in given if outermost(name) not in names), "There is no such parameter."
    )
    if wrong:
        raise Invalid.of(dict(sorted(wrong.items())))


class EnvironmentView(IdempotentRequests):
    """A view of one environment: that of the API key."""

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    parser_classes = (BoundedJSONParser,)
    schema = ViewSchema()

    @property
    def environment_id(self) -> str:
        """The environment whose rows this request may see."""
        return environment_of(self.request)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After authentication: refuses unknown parameters, and bodies without a length, which would be lost
        silently, or in another form than they say.
        """
        super().initial(request, *args, **kwargs)
        require_length(request)
        require_plain(request)
        refuse_unknown(request, self.known_parameters())
        if versions.HEADER in request.headers:
            self.expect_version(request)

    def expect_version(self, request: Request) -> None:
        """Takes what If-Match says to heart; raises Invalid where a change cannot be made to depend on it."""
        raise Invalid.of({versions.HEADER: "This call does not depend on a version. Leave the header out."})

    def known_parameters(self) -> Iterable[str]:
        """The query parameters of this call."""
        return ()


class VersionedView(EnvironmentView):
    """A view of rows that have a ``version``: If-Match is honoured by what changes one.

    Who has seen another version gets 412 with the row as it is now, and its ETag.
    """

    # Whether it is, by this call.
    has_versions: bool = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """As usual; the version that If-Match names is expected until the end."""
        with expected_versions.scope():
            return super().dispatch(request, *args, **kwargs)

    def expect_version(self, request: Request) -> None:
        """Whatever locks the row to change it checks the version."""
        if request.method in SAFE_METHODS or "id" not in self.kwargs or not self.has_versions:
            super().expect_version(request)
        expected_versions.expect(self.kwargs["id"], versions.wanted(request))

    def handle_exception(self, error: Exception) -> Response:
        """As usual; who has seen another version gets the present one."""
        response = super().handle_exception(error)
        if isinstance(error, Outdated):
            current = self.current(self.kwargs["id"])
            response.data["details"] = {"current": current.data}
            response["ETag"] = current["ETag"]
        return response

    def current(self, id: str) -> Response:
        """The row as it is now, with its ETag."""
        raise NotImplementedError


class RowViewSet(VersionedView, GenericViewSet[RowT]):
    """List and retrieve; each kind of row adds its writes, one service call each."""

    # What may have counterparts at providers; what has none is named by its noun.
    kind: ClassVar[Kind | None] = None
    noun: ClassVar[str] = ""
    # The serializer of the body, by action.
    inputs: ClassVar[dict[str, type[StrictInput]]] = {}
    # The actions that call others over the network.
    reserving: ClassVar[frozenset[str]] = frozenset()
    lookup_field = "id"
    lookup_value_regex = ID

    @classmethod
    def as_view(cls, actions: dict[str, Any], **options: Any) -> Any:  # type: ignore[override]
        """With PUT beside PATCH."""
        return super().as_view(flexprice.with_put(actions), **options)

    def get_queryset(self) -> QuerySet[RowT]:
        """The rows of this environment."""
        return super().get_queryset().filter(environment_id=self.environment_id)

    def current(self, id: str) -> Response:
        """The row as callers see it."""
        return self.respond(self.get_queryset().get(pk=id))

    def list(self, request: Request) -> Response:
        """Those that match all given filters, newest first unless ``ordering`` is given."""
        names = requested(request)
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(self._shown(page, names))

    @property
    def idempotency(self) -> str:  # type: ignore[override]
        """By action."""
        return "reserve" if self.action in self.reserving else "transaction"

    def retrieve(self, request: Request, id: str) -> Response:
        """One, by its id."""
        names = requested(request)
        row = self.get_queryset().filter(pk=id).first()
        if row is None:
            raise NotFound(f"There is no {self.noun or self.kind} {id}.")
        return Response(self._shown([row], names)[0], headers=versions.headers(row))

    def parsed(self) -> Any:
        """The body's fields, checked; raises ValidationError."""
        parser: type[BaseSerializer[Any]] = self.inputs.get(self.action, StrictInput)
        changes = self.request.method in ("PATCH", "PUT")
        context = {flexprice.REPLACES_METADATA: self.request.method == "PUT"}
        serializer = parser(data=self.request.data, partial=changes, context=context)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def respond(self, row: RowT, status: int = 200) -> Response:
        """The row as callers see it."""
        return Response(self.get_serializer(row).data, status=status, headers=versions.headers(row))

    def known_parameters(self) -> Iterable[str]:
        """Filters and paging where they apply."""
        expandable = {"expand"} if self.kind else set()
        if self.action == "list":
            return PARAMETERS | expandable | filter_names(self)
        return expandable if self.action == "retrieve" else ()

    def _shown(self, rows: Sequence[RowT], names: Sequence[str]) -> Items:
        items = [dict(item) for item in self.get_serializer(rows, many=True).data]
        if self.kind:
            expand(names, self.kind, items)
        return items
