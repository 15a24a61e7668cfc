"""``/v1/comparisons``: compares both sides of a connection; shows how far that is, and controls it."""

from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.authentication import caller
from integrations.api.comparison_serializers import (
    ComparisonDetailSerializer,
    ComparisonInput,
    ComparisonSerializer,
)
from integrations.api.finding_filters import ComparisonFilter
from integrations.api.long_runs import CONTROLS, LongRunViewSet
from integrations.models import ComparisonRun
from integrations.reconcile.comparing import runs


class ComparisonViewSet(LongRunViewSet[ComparisonRun]):
    """Comparisons."""

    noun = "comparison"
    moves = runs.MOVES
    queryset = ComparisonRun.objects.select_related("connection").prefetch_related("parts")
    serializer_class = ComparisonSerializer
    detail_serializer_class = ComparisonDetailSerializer
    filterset_class = ComparisonFilter
    inputs = {"create": ComparisonInput, **LongRunViewSet.inputs}
    responses = {
        "create": {202: ComparisonDetailSerializer},
        **{action: {200: ComparisonDetailSerializer} for action in CONTROLS},
    }

    def create(self, request: Request) -> Response:
        """Starts a comparison, which workers carry out. One at a time is open for each connection."""
        connection, wanted = self.wanted(request, ComparisonInput)
        run = runs.start(connection, started_by=caller(request), names=wanted["lists"])
        return self.respond(run.pk, status=202)
