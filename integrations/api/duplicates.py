"""``POST /v1/invoices/{id}/refund_duplicate``: refunds exactly what was paid in excess for an invoice."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.authentication import caller
from billing.api.serializers import excess
from billing.api.serializers.excess import ExcessSerializer
from billing.api.serializers.refunds import RefundSerializer
from billing.api.strict import StrictInput
from billing.models import Invoice
from billing.models.refunds import RefundState
from integrations.api.provider_views import ProviderView
from integrations.payments import duplicates


class RefundDuplicateInput(StrictInput):
    """Nothing has to be sent."""

    out_of_band = serializers.BooleanField(
        default=False, help_text="Record that you gave back yourself what no gateway holds."
    )


class RefundDuplicateSerializer(serializers.Serializer[Any]):
    """The refunds, and what was paid in excess and is not refunded yet."""

    invoice_id = serializers.CharField()
    refunds = RefundSerializer(many=True)
    excess = ExcessSerializer(allow_null=True)


class RefundDuplicateView(ProviderView):
    """Refunds exactly what was received for the invoice beyond what is due, see `excess` of the invoice.

    Works whatever else about the payment was refused. Where the provider has turned it into credit for the
    customer, that credit is taken back after the refund. 202: a gateway is still working on a refund.
    """

    named = {"": ("refund_duplicate", "Refund what was paid in excess")}
    inputs = {"": RefundDuplicateInput}
    responses = {"": {201: RefundDuplicateSerializer, 202: RefundDuplicateSerializer}}

    def post(self, request: Request, invoice_id: str) -> Response:
        """201 with the refunds; 409 when nothing was paid in excess, or only you can give it back."""
        made = duplicates.refund(
            environment_id=self.environment_id,
            invoice_id=invoice_id,
            idempotency_key=self.caller_key(request),
            started_by=caller(request),
            now=timezone.now(),
            **self.body(request, RefundDuplicateInput),
        )
        answer = {
            "invoice_id": invoice_id,
            "refunds": RefundSerializer(made, many=True).data,
            "excess": excess.shown(Invoice.objects.get(pk=invoice_id)),
        }
        is_open = any(one.status == RefundState.PENDING for one in made)
        return Response(answer, status=202 if is_open else 201)

    def known_parameters(self) -> set[str]:
        """No connection: each payment knows which one it came through."""
        return set()
