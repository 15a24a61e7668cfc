"""Payments over the API."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.base_views import RowViewSet
from billing.api.money_filters import PaymentFilter
from billing.api.serializers.payments import PaymentChangeInput, PaymentInput, PaymentSerializer
from billing.events import Kind
from billing.facts import PaymentFacts
from billing.models import Payment
from billing.services.payments import payments


class PaymentViewSet(RowViewSet[Payment]):
    """Attempts to receive money."""

    named = {"destroy": ("cancel", "Cancel a payment")}
    kind = Kind.PAYMENT
    queryset = Payment.objects.prefetch_related("refunds", "disputes")
    serializer_class = PaymentSerializer
    filterset_class = PaymentFilter
    inputs = {"create": PaymentInput, "partial_update": PaymentChangeInput}

    def create(self, request: Request) -> Response:
        """Records money that came, or is to come, outside any gateway, such as a bank transfer."""
        sent = self.parsed()
        payment = payments.create(
            environment_id=self.environment_id,
            received_at=sent.pop("received_at", None),
            facts=PaymentFacts(**sent),
            now=timezone.now(),
        )
        return self.respond(payment, 201)

    def partial_update(self, request: Request, id: str) -> Response:
        """Moves a payment that was made outside any gateway to its new status, or changes metadata."""
        changes = self.parsed()
        return self._changed(id, changes)

    def destroy(self, request: Request, id: str) -> Response:
        """Cancels a payment that was not received: made outside any gateway, or not asked for there yet."""
        return self._changed(id, {"status": "cancelled"})

    def _changed(self, id: str, changes: dict[str, object]) -> Response:
        payment = payments.update(
            environment_id=self.environment_id, payment_id=id, changes=changes, now=timezone.now()
        )
        return self.respond(payment)
