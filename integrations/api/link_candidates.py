"""``/v1/link_candidates``: what an import found that may be a row here; a person decides."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.authentication import caller
from integrations.api.filters import LinkCandidateFilter
from integrations.api.import_serializers import ImportDetailSerializer
from integrations.api.imports import ImportViewSet
from integrations.api.link_candidate_serializers import (
    LinkCandidateSerializer,
    LinkDecidedSerializer,
    LinkDecisionInput,
    LinkDecisionsInput,
    SettleLinksInput,
)
from integrations.api.row_viewset import RowViewSet
from integrations.models import LinkCandidate
from integrations.models.link_candidates import LinkChoice
from integrations.reconcile.importing import runs
from integrations.reconcile.linking import decisions
from integrations.reconcile.linking.decisions import Decided


class LinkCandidateViewSet(RowViewSet[LinkCandidate]):
    """Link candidates."""

    noun = "link candidate"
    environment_path = "run__connection__environment_id"
    queryset = LinkCandidate.objects.all()
    serializer_class = detail_serializer_class = LinkCandidateSerializer
    filterset_class = LinkCandidateFilter
    inputs = {"decide": LinkDecisionInput}
    responses = {"decide": {200: LinkCandidateSerializer}}

    def decide(self, request: Request, id: str) -> Response:
        """Says whether the object is that row."""
        body = LinkDecisionInput(data=request.data)
        body.is_valid(raise_exception=True)
        found = self.row(id)
        decisions.require_open(found.run)
        decisions.decide(
            LinkCandidate.objects.filter(pk=found.pk),
            LinkChoice(body.validated_data["choice"]),
            by=caller(request),
            now=timezone.now(),
            entity_id=body.validated_data["entity_id"],
        )
        return self.respond(id)


class ImportLinkViewSet(ImportViewSet):
    """Decides about all candidates of an import."""

    inputs = {"decide_links": LinkDecisionsInput, "settle_links": SettleLinksInput}
    responses: dict[str, Any] = {
        "decide_links": {200: LinkDecidedSerializer},
        "settle_links": {200: ImportDetailSerializer},
    }

    def decide_links(self, request: Request, id: str) -> Response:
        """Decides about all candidates of a grade that wait, or links pairs."""
        body = LinkDecisionsInput(data=request.data)
        body.is_valid(raise_exception=True)
        run, wanted, now = self.row(id), body.validated_data, timezone.now()
        if "pairs" in wanted:
            pairs = [(one["entity_id"], one["provider_entity_id"]) for one in wanted["pairs"]]
            decided = Decided(decisions.add_pairs(run, pairs, by=caller(request), now=now))
        else:
            choice = LinkChoice(wanted["choice"])
            decided = decisions.decide_all(run, wanted["grade"], choice, by=caller(request), now=now)
        left = decisions.undecided(run).count()
        found = {"decided": decided.number, "undecided": left, "clashes": decided.clashes}
        return Response(LinkDecidedSerializer(found).data)

    def settle_links(self, request: Request, id: str) -> Response:
        """Lets the import go on."""
        body = SettleLinksInput(data=request.data)
        body.is_valid(raise_exception=True)
        run, now = self.row(id), timezone.now()
        if body.validated_data["waive"]:
            runs.waive_links(run, now)
        else:
            rest_apart = body.validated_data["rest_apart"]
            runs.settle_links(run, now, rest_apart=rest_apart, by=caller(request))
        return self.respond(run.pk)
