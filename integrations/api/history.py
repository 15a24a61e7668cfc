"""What was linked, what came in and what went out: to look at, and to set going again."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from billing.errors import Conflict
from integrations.api.filters import EventFilter, MappingFilter, SyncFilter
from integrations.api.nothing import Nothing, refuse_body
from integrations.api.run_shapes import RehearsedRunShape, WholeRunShape
from integrations.api.scope import RowViewSet
from integrations.api.shapes import EventShape, MappingShape, SyncShape, WholeEventShape, WholeSyncShape
from integrations.api.starting_runs import RunInput, StartsRuns
from integrations.errors import Rejected
from integrations.inbox import replays
from integrations.models import EntityMapping, InboundEvent, OutboundSync
from integrations.outbox import syncs


class MappingViewSet(RowViewSet[EntityMapping]):
    """Which thing there is which thing here."""

    noun = "mapping"
    queryset = EntityMapping.objects.exclude(entity_id="").select_related("connection")
    serializer_class = whole = MappingShape
    filterset_class = MappingFilter


class EventViewSet(RowViewSet[InboundEvent]):
    """What the providers said."""

    noun = "event"
    queryset = InboundEvent.objects.select_related("connection")
    serializer_class = EventShape
    whole = WholeEventShape
    filterset_class = EventFilter
    inputs = {"replay": Nothing}
    answers = {"replay": {202: WholeEventShape}}

    def get_queryset(self) -> Any:
        """Lists leave the payloads out."""
        found = super().get_queryset()
        return found.defer("payload") if self.action == "list" else found

    def replay(self, request: Request, id: str) -> Response:
        """Applies an event again, from the start; safe, because what is known already changes nothing."""
        refuse_body(request)
        replays.replay_one(self.row(id), timezone.now())
        return self.answer(id, status=202)


class SyncViewSet(StartsRuns, RowViewSet[OutboundSync]):
    """What was told to the providers."""

    noun = "sync"
    queryset = OutboundSync.objects.select_related("connection")
    serializer_class = SyncShape
    whole = WholeSyncShape
    filterset_class = SyncFilter
    inputs = {"create": RunInput, "retry": Nothing, "cancel": Nothing}
    answers = {
        "create": {202: WholeRunShape, 200: RehearsedRunShape},
        "retry": {202: WholeSyncShape},
        "cancel": {200: WholeSyncShape},
    }

    def get_queryset(self) -> Any:
        """One sync comes with its calls."""
        found = super().get_queryset()
        return found if self.action == "list" else found.prefetch_related("calls")

    def retry(self, request: Request, id: str) -> Response:
        """Lets a push that stopped go on where it stopped; a newer push of the same entity answers for it."""
        return self._did(request, id, syncs.retry, 202)

    def cancel(self, request: Request, id: str) -> Response:
        """Takes a push back that no worker holds."""
        return self._did(request, id, syncs.cancel, 200)

    def _did(
        self, request: Request, id: str, act: Callable[[str, datetime], OutboundSync], status: int
    ) -> Response:
        refuse_body(request)
        try:
            sync = act(self.row(id).pk, timezone.now())
        except Rejected as refusal:
            raise Conflict(str(refusal), code="sync_settled") from None
        return self.answer(sync.pk, status)
