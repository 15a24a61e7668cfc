"""Views through which a person asks a provider for something and waits for its answer."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from billing.api.base_views import EnvironmentView
from billing.api.idempotency import HEADER
from billing.api.strict import StrictInput
from integrations.api.schema import WHICH_CONNECTION, RowSchema
from integrations.connections.selection import choose
from integrations.gateway.slots import slot
from integrations.models import Connection
from integrations.payments.collection import connection_for


class ProviderQuery(serializers.Serializer[Any]):
    """The query string."""

    dry_run = serializers.BooleanField(default=False)
    connection_id = serializers.CharField(default="")


class ProviderView(EnvironmentView):
    """Has a slot from before anything is written to its end. ``takes_dry_run``: whether it has a dry run."""

    idempotency = "reserve"
    schema = RowSchema()
    takes_dry_run: ClassVar[bool] = False
    parameters: ClassVar[Sequence[OpenApiParameter]] = (WHICH_CONNECTION,)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """As usual; what ``initial`` has taken is given back at the end."""
        with ExitStack() as self._held:
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After all other checks: takes a slot, which a dry run does not need; raises Busy."""
        super().initial(request, *args, **kwargs)
        if not (self.takes_dry_run and self.query()["dry_run"]):
            self._held.enter_context(slot())

    def query(self) -> dict[str, Any]:
        """Returns the query string's parameters; raises ValidationError."""
        query = ProviderQuery(data=self.request.query_params.dict())
        query.is_valid(raise_exception=True)
        return dict(query.validated_data)

    def connection(self, provider: str) -> Connection:
        """Returns the connection to the provider; raises NotFound or Conflict."""
        return choose(self.environment_id, provider, self.query()["connection_id"])

    def collector(self, provider: str, invoice_id: str) -> Connection:
        """Returns the connection through which the invoice is to be paid; raises NotFound or Conflict."""
        return connection_for(self.environment_id, invoice_id, provider, self.query()["connection_id"])

    def body(self, request: Request, parser: type[StrictInput]) -> dict[str, Any]:
        """Returns the body's fields; raises ValidationError."""
        body = parser(data=request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def caller_key(self, request: Request) -> str:
        """Returns the caller's Idempotency-Key for the rows that the request creates, "" for none."""
        key = request.headers.get(HEADER, "")
        return f"api-{key}" if key else ""

    def known_parameters(self) -> Iterable[str]:
        """Returns the query parameters of this view."""
        return {"connection_id", "dry_run"} if self.takes_dry_run else {"connection_id"}
