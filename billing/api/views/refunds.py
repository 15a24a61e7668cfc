"""Refunds over the API; they are made at POST /v1/payments/{id}/refund."""

from billing.api.base_views import RowViewSet
from billing.api.money_filters import RefundFilter
from billing.api.serializers.refunds import RefundSerializer
from billing.models import Refund


class RefundViewSet(RowViewSet[Refund]):
    """Money of payments that goes back."""

    noun = "refund"
    queryset = Refund.objects.all()
    serializer_class = RefundSerializer
    filterset_class = RefundFilter
