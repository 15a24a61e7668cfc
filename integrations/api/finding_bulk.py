"""``POST /v1/findings/repair``: repairs or accepts many findings at once, or shows what that would do."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.authentication import caller
from integrations.api.finding_inputs import FindingBulkInput, FindingBulkSerializer, refusals
from integrations.api.finding_serializers import FindingSerializer
from integrations.api.findings import acceptance_of
from integrations.api.row_viewset import RowViewSet
from integrations.connections import selection
from integrations.models import Finding
from integrations.models.findings import FindingState, Repair
from integrations.reconcile.repairing import batches, bulk
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
        is_accepted = wanted["repair"] == Repair.ACCEPT
        acceptance = acceptance_of(request, wanted) if is_accepted else None
        if wanted["dry_run"]:
            return _response(bulk.preview(found, wanted["repair"]), is_dry=True)
        place = {"by": caller(request), "environment_id": self.environment_id}
        return _response(
            batches.repair(found, wanted["repair"], acceptance=acceptance, **place), is_dry=False
        )

    def _chosen(self, wanted: dict[str, Any]) -> Any:
        found = self.get_queryset()
        if "connection_id" in wanted:
            selection.choose(self.environment_id, connection_id=wanted["connection_id"])
        if "ids" in wanted:
            found = bulk.named(found, wanted["ids"])
        found = found.filter(state=FindingState.OPEN)
        named = ("connection_id", "kind", "entity_type", "field", "suggested")
        return found.filter(**{name: wanted[name] for name in named if name in wanted})


def _response(summary: Summary, *, is_dry: bool) -> Response:
    counts = {"asked": dict(summary.asked), "refused": refusals(summary.refused)}
    shown = {
        "dry_run": is_dry,
        **counts,
        "unexamined": summary.unexamined,
        "batch_id": summary.batch_id or None,
    }
    examples = summary.examples if is_dry else []
    return Response(
        FindingBulkSerializer({**shown, "examples": examples}).data, status=200 if is_dry else 202
    )
