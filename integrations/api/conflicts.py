"""``/v1/conflicts``: fields that both sides changed, with both values; whose value stays, and who decides."""

from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.authentication import caller
from integrations.api.conflict_serializers import ConflictSerializer
from integrations.api.empty_body import EmptyBody, refuse_body
from integrations.api.filters import ConflictFilter
from integrations.api.row_viewset import RowViewSet
from integrations.models import Conflict
from integrations.models.connections import Owner
from integrations.outbox import deciding


class ConflictViewSet(RowViewSet[Conflict]):
    """Fields that both sides changed."""

    noun = "conflict"
    queryset = Conflict.objects.select_related("connection")
    serializer_class = detail_serializer_class = ConflictSerializer
    filterset_class = ConflictFilter
    inputs = {"keep": EmptyBody, "take": EmptyBody}
    versioned = frozenset({"keep", "take"})
    responses = {"keep": {200: ConflictSerializer}, "take": {200: ConflictSerializer}}

    def keep(self, request: Request, id: str) -> Response:
        """Keeps FlexSync's value, which is sent at once; of a settled conflict, brings it back."""
        return self._decide(request, id, Owner.FLEXSYNC)

    def take(self, request: Request, id: str) -> Response:
        """Takes the provider's value, here at once; of a settled conflict, brings it back on both sides."""
        return self._decide(request, id, Owner.PROVIDER)

    def _decide(self, request: Request, id: str, side: Owner) -> Response:
        refuse_body(request)
        deciding.decide(self.row(id).pk, side, by=caller(request))
        return self.respond(id)
