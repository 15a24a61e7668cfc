"""``/v1/findings``: what differs between both sides, with what each repair would do; repairs, one or many."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.authentication import caller
from integrations.api.empty_body import EmptyBody, refuse_body
from integrations.api.finding_filters import FindingFilter
from integrations.api.finding_inputs import (
    FindingAcceptInput,
    FindingRepairInput,
)
from integrations.api.finding_serializers import FindingDetailSerializer, FindingSerializer
from integrations.api.row_viewset import RowViewSet
from integrations.models import Finding
from integrations.models.findings import Repair
from integrations.reconcile.repairing import accepting, requests
from integrations.reconcile.repairing.accepting import Acceptance


class FindingViewSet(RowViewSet[Finding]):
    """Findings."""

    noun = "finding"
    queryset = Finding.objects.select_related("connection").prefetch_related("repairs")
    serializer_class = FindingSerializer
    detail_serializer_class = FindingDetailSerializer
    filterset_class = FindingFilter
    inputs = {"repair": FindingRepairInput, "accept": FindingAcceptInput, "reopen": EmptyBody}
    responses = {
        "repair": {202: FindingDetailSerializer},
        "accept": {200: FindingDetailSerializer},
        "reopen": {200: FindingDetailSerializer},
    }

    def repair(self, request: Request, id: str) -> Response:
        """Lets a worker repair it; the finding has healed once both sides are equal."""
        body = FindingRepairInput(data=request.data)
        body.is_valid(raise_exception=True)
        requests.ask(self.row(id).pk, Repair(body.validated_data["repair"]), by=caller(request))
        return self.respond(id, status=202)

    def accept(self, request: Request, id: str) -> Response:
        """Lets both sides stay as they are, until one changes, or its time is over."""
        body = FindingAcceptInput(data=request.data)
        body.is_valid(raise_exception=True)
        accepting.accept([self.row(id).pk], acceptance_of(request, body.validated_data))
        return self.respond(id)

    def reopen(self, request: Request, id: str) -> Response:
        """Lets an accepted finding wait for somebody again."""
        refuse_body(request)
        accepting.reopen(self.row(id).pk)
        return self.respond(id)


def acceptance_of(request: Request, wanted: dict[str, Any]) -> Acceptance:
    """Returns who accepts, why, and until when."""
    return Acceptance(caller(request), wanted["reason"], wanted["until"], timezone.now())
