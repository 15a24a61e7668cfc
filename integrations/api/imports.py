"""``/v1/imports``: brings here what a provider's account has; shows how far that is, and controls it."""

from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.authentication import caller
from billing.errors import Invalid
from integrations.api.filters import ImportFilter
from integrations.api.import_serializers import ImportDetailSerializer, ImportInput, ImportSerializer
from integrations.api.long_runs import CONTROLS, LongRunViewSet
from integrations.models import Connection, ImportRun
from integrations.reconcile.importing import parts, runs


class ImportViewSet(LongRunViewSet[ImportRun]):
    """Imports."""

    noun = "import"
    moves = runs.MOVES
    queryset = ImportRun.objects.select_related("connection").prefetch_related("parts")
    serializer_class = ImportSerializer
    detail_serializer_class = ImportDetailSerializer
    filterset_class = ImportFilter
    inputs = {"create": ImportInput, **LongRunViewSet.inputs}
    responses = {
        "create": {202: ImportDetailSerializer},
        **{action: {200: ImportDetailSerializer} for action in CONTROLS},
    }

    def create(self, request: Request) -> Response:
        """Starts an import, which workers carry out. One at a time is open for each connection."""
        connection, wanted = self.wanted(request, ImportInput)
        _refuse_unknown(connection, wanted["lists"])
        run = runs.start(
            connection,
            started_by=caller(request),
            since=wanted["since"],
            dry_run=wanted["dry_run"],
            names=wanted["lists"],
            links=wanted["links"],
        )
        return self.respond(run.pk, status=202)


def _refuse_unknown(connection: Connection, names: list[str]) -> None:
    known = parts.listings(connection)
    if unknown := sorted(set(names) - known.keys()):
        raise Invalid.of({"lists": f"There is no {', '.join(unknown)}. Choose from: {', '.join(known)}."})
