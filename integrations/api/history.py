"""``/v1/events`` and ``/v1/syncs``: list and show them, replay, retry and cancel."""

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
from integrations.api.filters import EventFilter, SyncFilter
from integrations.api.history_serializers import (
    EventDetailSerializer,
    EventSerializer,
    SyncDetailSerializer,
    SyncSerializer,
)
from integrations.api.row_viewset import RowViewSet
from integrations.errors import Rejected
from integrations.inbox import replays
from integrations.models import InboundEvent, OutboundSync
from integrations.outbox import syncs


class EventViewSet(RowViewSet[InboundEvent]):
    """The inbox: events that providers sent."""

    noun = "event"
    queryset = InboundEvent.objects.select_related("connection")
    serializer_class = EventSerializer
    detail_serializer_class = EventDetailSerializer
    filterset_class = EventFilter
    inputs = {"replay": EmptyBody}
    responses = {"replay": {202: EventDetailSerializer}}

    def get_queryset(self) -> Any:
        """Leaves the payloads out of lists."""
        found = super().get_queryset()
        return found.defer("payload") if self.action == "list" else found

    def replay(self, request: Request, id: str) -> Response:
        """Applies an event again, from the start; safe, because what was applied already changes nothing."""
        refuse_body(request)
        replays.replay_one(self.row(id), timezone.now())
        return self.respond(id, status=202)


class SyncViewSet(StartBulkSync, RowViewSet[OutboundSync]):
    """The outbox: syncs of entities to providers."""

    noun = "sync"
    queryset = OutboundSync.objects.select_related("connection")
    serializer_class = SyncSerializer
    detail_serializer_class = SyncDetailSerializer
    filterset_class = SyncFilter
    inputs = {"create": BulkSyncInput, "retry": EmptyBody, "cancel": EmptyBody}
    responses = {
        "create": {202: BulkSyncDetailSerializer, 200: BulkSyncDryRunSerializer},
        "retry": {202: SyncDetailSerializer},
        "cancel": {200: SyncDetailSerializer},
    }

    def get_queryset(self) -> Any:
        """Adds the calls to a single sync."""
        found = super().get_queryset()
        return found if self.action == "list" else found.prefetch_related("calls")

    def retry(self, request: Request, id: str) -> Response:
        """Continues a sync where it stopped; returns the newer sync of the same entity if there is one."""
        return self._act(request, id, syncs.retry, 202)

    def cancel(self, request: Request, id: str) -> Response:
        """Cancels a sync that no worker is carrying out."""
        return self._act(request, id, syncs.cancel, 200)

    def _act(
        self, request: Request, id: str, act: Callable[[str, datetime], OutboundSync], status: int
    ) -> Response:
        refuse_body(request)
        try:
            sync = act(self.row(id).pk, timezone.now())
        except Rejected as refusal:
            raise Conflict(str(refusal), code="sync_settled") from None
        return self.respond(sync.pk, status)
