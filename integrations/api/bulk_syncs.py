"""``/v1/sync_runs``: shows how far bulk syncs are; pauses, resumes and cancels them."""

from collections.abc import Callable

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from billing.errors import Conflict
from integrations.api.bulk_sync_serializers import BulkSyncDetailSerializer, BulkSyncSerializer
from integrations.api.empty_body import EmptyBody, refuse_body
from integrations.api.filters import BulkSyncFilter
from integrations.api.row_viewset import RowViewSet
from integrations.errors import Rejected
from integrations.models import SyncRun
from integrations.outbox import bulk_syncs


class BulkSyncViewSet(RowViewSet[SyncRun]):
    """Bulk syncs."""

    noun = "bulk sync"
    queryset = SyncRun.objects.select_related("connection")
    serializer_class = BulkSyncSerializer
    detail_serializer_class = BulkSyncDetailSerializer
    filterset_class = BulkSyncFilter
    inputs = {"pause": EmptyBody, "resume": EmptyBody, "cancel": EmptyBody}
    responses = {action: {200: BulkSyncDetailSerializer} for action in ("pause", "resume", "cancel")}

    def pause(self, request: Request, id: str) -> Response:
        """Starts no more syncs until it is resumed; those that are under way continue."""
        return self._act(request, id, bulk_syncs.pause)

    def resume(self, request: Request, id: str) -> Response:
        """Continues where it was paused."""
        return self._act(request, id, bulk_syncs.resume)

    def cancel(self, request: Request, id: str) -> Response:
        """Starts no more syncs; those that are under way continue."""
        return self._act(request, id, lambda run_id: bulk_syncs.cancel(run_id, timezone.now()))

    def _act(self, request: Request, id: str, act: Callable[[str], SyncRun]) -> Response:
        refuse_body(request)
        try:
            run = act(self.row(id).pk)
        except Rejected as refusal:
            raise Conflict(str(refusal), code="sync_settled") from None
        return self.respond(run.pk)
