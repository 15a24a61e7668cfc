"""``POST /v1/findings/repair``: repairs or accepts many findings at once, or shows what that would do."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.finding_inputs import FindingBulkInput, FindingBulkSerializer
from integrations.api.finding_serializers import FindingSerializer
from integrations.api.findings import acceptance_of
from integrations.api.row_viewset import RowViewSet, caller
from integrations.models import Finding
from integrations.models.findings import FindingState, Repair
from integrations.reconcile.repairing import accepting, bulk
from integrations.reconcile.repairing.accepting import Acceptance
from integrations.reconcile.repairing.summaries import Summary


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
            acceptance = acceptance_of(request, wanted)
            summary = (
                bulk.preview(found, Repair.ACCEPT) if wanted["dry_run"] else _accepted(found, acceptance)
            )
        elif wanted["dry_run"]:
            summary = bulk.preview(found, wanted["repair"])
        else:
            summary = bulk.ask(found, wanted["repair"], by=caller(request))
        return _response(summary, is_dry=wanted["dry_run"])

    def _chosen(self, wanted: dict[str, Any]) -> Any:
        found = self.get_queryset()
        if "ids" in wanted:
            found = bulk.named(found, wanted["ids"])
        found = found.filter(state=FindingState.OPEN)
        named = ("connection_id", "kind", "entity_type", "field", "suggested")
        return found.filter(**{name: wanted[name] for name in named if name in wanted})


def _accepted(found: Any, acceptance: Acceptance) -> Summary:
    summary = Summary()
    ids = list(found.values_list("pk", flat=True))
    summary.asked[Repair.ACCEPT.value] = accepting.accept(ids, acceptance)
    return summary


def _response(summary: Summary, *, is_dry: bool) -> Response:
    refused = [{"reason": why, "count": count} for why, count in summary.refused.most_common()]
    shown = {"dry_run": is_dry, "asked": dict(summary.asked), "refused": refused}
    examples = summary.examples if is_dry else []
    return Response(
        FindingBulkSerializer({**shown, "examples": examples}).data, status=200 if is_dry else 202
    )
