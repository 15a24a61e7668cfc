"""``/v1/comparisons``: compares both sides of a connection; shows how far that is, and controls it."""

from collections.abc import Callable

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from billing.errors import Conflict
from integrations.api.comparison_serializers import (
    ComparisonDetailSerializer,
    ComparisonInput,
    ComparisonSerializer,
)
from integrations.api.empty_body import EmptyBody, refuse_body
from integrations.api.finding_filters import ComparisonFilter
from integrations.api.row_viewset import RowViewSet, caller
from integrations.connections import selection
from integrations.errors import Rejected
from integrations.models import ComparisonRun
from integrations.reconcile.comparing import runs


class ComparisonViewSet(RowViewSet[ComparisonRun]):
    """Comparisons."""

    noun = "comparison"
    queryset = ComparisonRun.objects.select_related("connection").prefetch_related("parts")
    serializer_class = ComparisonSerializer
    detail_serializer_class = ComparisonDetailSerializer
    filterset_class = ComparisonFilter
    inputs = {"create": ComparisonInput, "pause": EmptyBody, "resume": EmptyBody, "cancel": EmptyBody}
    responses = {
        "create": {202: ComparisonDetailSerializer},
        **{action: {200: ComparisonDetailSerializer} for action in ("pause", "resume", "cancel")},
    }

    def create(self, request: Request) -> Response:
        """Starts a comparison, which workers carry out. One at a time is open for each connection."""
        body = ComparisonInput(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        connection = selection.choose(self.environment_id, wanted["provider"], wanted["connection_id"])
        run = runs.start(connection, started_by=caller(request), names=wanted["lists"])
        return self.respond(run.pk, status=202)

    def pause(self, request: Request, id: str) -> Response:
        """Finishes the page under way and begins no other until it is resumed."""
        return self._act(request, id, runs.pause)

    def resume(self, request: Request, id: str) -> Response:
        """Continues where it was paused."""
        return self._act(request, id, runs.resume)

    def cancel(self, request: Request, id: str) -> Response:
        """Ends it; the findings stay as they were."""
        return self._act(request, id, lambda run_id: runs.cancel(run_id, timezone.now()))

    def _act(self, request: Request, id: str, act: Callable[[str], ComparisonRun]) -> Response:
        refuse_body(request)
        try:
            run = act(self.row(id).pk)
        except Rejected as refusal:
            raise Conflict(str(refusal), code="comparison_settled") from None
        return self.respond(run.pk)
