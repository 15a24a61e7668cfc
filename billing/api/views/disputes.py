"""Disputes over the API, as gateways report them."""

from billing.api.base_views import RowViewSet
from billing.api.money_filters import DisputeFilter
from billing.api.serializers.disputes import DisputeSerializer
from billing.models import Dispute


class DisputeViewSet(RowViewSet[Dispute]):
    """Money of payments that their payers' banks want back."""

    noun = "dispute"
    queryset = Dispute.objects.select_related("payment")
    serializer_class = DisputeSerializer
    filterset_class = DisputeFilter
