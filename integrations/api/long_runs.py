"""Imports and comparisons over the API: started, paused, resumed, cancelled, one at a time a connection."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.strict import StrictInput
from billing.errors import Conflict
from integrations.api.empty_body import EmptyBody, refuse_body
from integrations.api.row_viewset import RowViewSet
from integrations.connections import selection
from integrations.errors import Rejected
from integrations.models import Connection
from integrations.models.long_runs import LongRun
from integrations.reconcile.paging.moves import Moves

RunT = TypeVar("RunT", bound=LongRun)
CONTROLS = ("pause", "resume", "cancel")


class LongRunViewSet(RowViewSet[RunT]):
    """``moves``: of its kind."""

    moves: ClassVar[Moves[Any]]
    inputs: ClassVar[dict[str, type[StrictInput]]] = dict.fromkeys(CONTROLS, EmptyBody)

    def pause(self, request: Request, id: str) -> Response:
        """Finishes the page under way and begins no other until it is resumed."""
        return self._act(request, id, self.moves.pause)

    def resume(self, request: Request, id: str) -> Response:
        """Continues where it was paused."""
        return self._act(request, id, self.moves.resume)

    def cancel(self, request: Request, id: str) -> Response:
        """Ends it; what was done stays."""
        return self._act(request, id, lambda run_id: self.moves.cancel(run_id, timezone.now()))

    def wanted(self, request: Request, parser: type[StrictInput]) -> tuple[Connection, dict[str, Any]]:
        """Returns the connection that a body names, and the body's fields."""
        body = parser(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = dict(body.validated_data)
        place = self.environment_id, wanted["provider"], wanted["connection_id"]
        return selection.choose(*place), wanted

    def _act(self, request: Request, id: str, act: Callable[[str], Any]) -> Response:
        refuse_body(request)
        try:
            run = act(self.row(id).pk)
        except Rejected as refusal:
            raise Conflict(str(refusal), code=self.moves.settled_code) from None
        return self.respond(run.pk)
