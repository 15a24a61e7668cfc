"""``/v1/imports``: brings here what a provider's account has; shows how far that is, and controls it."""

from collections.abc import Callable

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from billing.errors import Conflict, Invalid
from integrations.api.empty_body import EmptyBody, refuse_body
from integrations.api.filters import ImportFilter
from integrations.api.import_serializers import ImportDetailSerializer, ImportInput, ImportSerializer
from integrations.api.row_viewset import RowViewSet, caller
from integrations.connections import selection
from integrations.errors import Rejected
from integrations.models import Connection, ImportRun
from integrations.reconcile.importing import parts, runs


class ImportViewSet(RowViewSet[ImportRun]):
    """Imports."""

    noun = "import"
    queryset = ImportRun.objects.select_related("connection").prefetch_related("parts")
    serializer_class = ImportSerializer
    detail_serializer_class = ImportDetailSerializer
    filterset_class = ImportFilter
    inputs = {"create": ImportInput, "pause": EmptyBody, "resume": EmptyBody, "cancel": EmptyBody}
    responses = {
        "create": {202: ImportDetailSerializer},
        **{action: {200: ImportDetailSerializer} for action in ("pause", "resume", "cancel")},
    }

    def create(self, request: Request) -> Response:
        """Starts an import, which workers carry out. One at a time is open for each connection."""
        body = ImportInput(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        connection = selection.choose(self.environment_id, wanted["provider"], wanted["connection_id"])
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

    def pause(self, request: Request, id: str) -> Response:
        """Finishes the page under way and begins no other until it is resumed."""
        return self._act(request, id, runs.pause)

    def resume(self, request: Request, id: str) -> Response:
        """Continues where it was paused."""
        return self._act(request, id, runs.resume)

    def cancel(self, request: Request, id: str) -> Response:
        """Ends it; what was brought here stays."""
        return self._act(request, id, lambda run_id: runs.cancel(run_id, timezone.now()))

    def _act(self, request: Request, id: str, act: Callable[[str], ImportRun]) -> Response:
        refuse_body(request)
        try:
            run = act(self.row(id).pk)
        except Rejected as refusal:
            raise Conflict(str(refusal), code="import_settled") from None
        return self.respond(run.pk)


def _refuse_unknown(connection: Connection, names: list[str]) -> None:
    known = parts.listings(connection)
    if unknown := sorted(set(names) - known.keys()):
        raise Invalid.of({"lists": f"There is no {', '.join(unknown)}. Choose from: {', '.join(known)}."})
