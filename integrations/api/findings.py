"""``/v1/findings``: what differs between both sides, with what each repair would do; repairs, one or many."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.empty_body import EmptyBody, refuse_body
from integrations.api.finding_filters import FindingFilter
from integrations.api.finding_inputs import (
    FindingAcceptInput,
    FindingBulkInput,
    FindingBulkSerializer,
    FindingRepairInput,
)
from integrations.api.finding_serializers import FindingDetailSerializer, FindingSerializer
from integrations.api.row_viewset import RowViewSet, caller
from integrations.models import Finding
from integrations.models.findings import FindingState, Repair
from integrations.reconcile.repairing import bulk, requests
from integrations.reconcile.repairing.bulk import Summary
from integrations.reconcile.repairing.requests import Acceptance


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
        requests.accept([self.row(id).pk], _acceptance(request, body.validated_data))
        return self.respond(id)

    def reopen(self, request: Request, id: str) -> Response:
        """Lets an accepted finding wait for somebody again."""
        refuse_body(request)
        requests.reopen(self.row(id).pk)
        return self.respond(id)


class FindingBulkViewSet(RowViewSet[Finding]):
    """Repairs of many findings at once."""

    noun = "finding"
    queryset = Finding.objects.all()
    detail_serializer_class = FindingSerializer
    inputs = {"repair_many": FindingBulkInput}
    responses: dict[str, Any] = {"repair_many": {200: FindingBulkSerializer, 202: FindingBulkSerializer}}

    def repair_many(self, request: Request) -> Response:
        """202: what is possible was asked for, of open findings. 200: a dry run, which changes nothing."""
        body = FindingBulkInput(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = dict(body.validated_data)
        found = self._chosen(wanted)
        if wanted["repair"] == Repair.ACCEPT:
            acceptance = _acceptance(request, wanted)
            summary = (
                bulk.preview(found, Repair.ACCEPT) if wanted["dry_run"] else _accepted(found, acceptance)
            )
        elif wanted["dry_run"]:
            summary = bulk.preview(found, wanted["repair"])
        else:
            summary = bulk.ask(found, wanted["repair"], by=caller(request))
        return _response(summary, is_dry=wanted["dry_run"])

    def _chosen(self, wanted: dict[str, Any]) -> Any:
        found = self.get_queryset().filter(state=FindingState.OPEN)
        if "ids" in wanted:
            found = found.filter(pk__in=wanted["ids"])
        named = ("connection_id", "kind", "entity_type", "field", "suggested")
        return found.filter(**{name: wanted[name] for name in named if name in wanted})


def _acceptance(request: Request, wanted: dict[str, Any]) -> Acceptance:
    return Acceptance(caller(request), wanted["reason"], wanted["until"], timezone.now())


def _accepted(found: Any, acceptance: Acceptance) -> Summary:
    summary = Summary()
    ids = list(found.values_list("pk", flat=True))
    summary.asked[Repair.ACCEPT.value] = requests.accept(ids, acceptance)
    return summary


def _response(summary: Summary, *, is_dry: bool) -> Response:
    refused = [{"reason": why, "count": count} for why, count in summary.refused.most_common()]
    shown = {"dry_run": is_dry, "asked": dict(summary.asked), "refused": refused}
    examples = summary.examples if is_dry else []
    return Response(
        FindingBulkSerializer({**shown, "examples": examples}).data, status=200 if is_dry else 202
    )
