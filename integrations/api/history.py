"""What was linked, what came in and what went out: to look at, and to set going again."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from billing.errors import Conflict
from integrations.api.bulk_sync_serializers import BulkSyncDetailSerializer, BulkSyncDryRunSerializer
from integrations.api.bulk_sync_start import BulkSyncInput, StartBulkSync
from integrations.api.empty_body import EmptyBody, refuse_body
from integrations.api.filters import EventFilter, MappingFilter, SyncFilter
from integrations.api.history_serializers import (
    EventDetailSerializer,
    EventSerializer,
    MappingSerializer,
    SyncDetailSerializer,
    SyncSerializer,
)
from integrations.api.row_viewset import RowViewSet
from integrations.errors import Rejected
from integrations.inbox import replays
from integrations.models import EntityMapping, InboundEvent, OutboundSync
from integrations.outbox import syncs


class MappingViewSet(RowViewSet[EntityMapping]):
    """Which thing there is which thing here."""

    noun = "mapping"
    queryset = EntityMapping.objects.exclude(entity_id="").select_related("connection")
    serializer_class = whole = MappingSerializer
    filterset_class = MappingFilter


class EventViewSet(RowViewSet[InboundEvent]):
    """What the providers said."""

    noun = "event"
    queryset = InboundEvent.objects.select_related("connection")
    serializer_class = EventSerializer
    whole = EventDetailSerializer
    filterset_class = EventFilter
    inputs = {"replay": EmptyBody}
    answers = {"replay": {202: EventDetailSerializer}}

    def get_queryset(self) -> Any:
        """Lists leave the payloads out."""
        found = super().get_queryset()
        return found.defer("payload") if self.action == "list" else found

    def replay(self, request: Request, id: str) -> Response:
        """Applies an event again, from the start; safe, because what is known already changes nothing."""
        refuse_body(request)
        replays.replay_one(self.row(id), timezone.now())
        return self.answer(id, status=202)


class SyncViewSet(StartBulkSync, RowViewSet[OutboundSync]):
    """What was told to the providers."""

    noun = "sync"
    queryset = OutboundSync.objects.select_related("connection")
    serializer_class = SyncSerializer
    whole = SyncDetailSerializer
    filterset_class = SyncFilter
    inputs = {"create": BulkSyncInput, "retry": EmptyBody, "cancel": EmptyBody}
    answers = {
        "create": {202: BulkSyncDetailSerializer, 200: BulkSyncDryRunSerializer},
        "retry": {202: SyncDetailSerializer},
        "cancel": {200: SyncDetailSerializer},
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
