"""Movements of a customer's balance over the API."""

from collections.abc import Iterable

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from billing.api.base_views import EnvironmentView
from billing.api.filters import filter_names
from billing.api.money_filters import BalanceTransactionFilter
from billing.api.pagination import PARAMETERS
from billing.api.serializers.balance_transactions import BalanceTransactionSerializer
from billing.errors import NotFound
from billing.models import BalanceTransaction, Customer


class BalanceTransactionViewSet(EnvironmentView, GenericViewSet[BalanceTransaction]):
    """What moved the credit or debt that providers keep for one customer."""

    noun = "balance transaction"
    named = {"list": ("balance_transactions", "List what moved a customer's balance")}
    queryset = BalanceTransaction.objects.all()
    serializer_class = BalanceTransactionSerializer
    filterset_class = BalanceTransactionFilter

    def get_queryset(self) -> QuerySet[BalanceTransaction]:
        """The movements of this customer."""
        named = {"environment_id": self.environment_id, "customer_id": self.kwargs.get("customer_id")}
        return super().get_queryset().filter(**named)

    def list(self, request: Request, customer_id: str) -> Response:
        """Newest first. `amount` is negative for credit and positive for debt, as providers count."""
        if not Customer.objects.filter(pk=customer_id, environment_id=self.environment_id).exists():
            raise NotFound(f"There is no customer {customer_id}.")
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def known_parameters(self) -> Iterable[str]:
        """Filters and paging."""
        return PARAMETERS | filter_names(self)
