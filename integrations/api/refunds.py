"""``POST /v1/payments/{id}/refund``: refunds a payment, in part or whole."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.authentication import caller
from billing.api.fields import ExactInput
from billing.api.serializers.refunds import RefundSerializer
from billing.api.strict import StrictInput
from billing.models.refunds import RefundReason
from integrations.api.dry_run import DRY_RUN, DryRunSerializer, dry_run_response
from integrations.api.provider_views import ProviderView
from integrations.payments import refunds


class RefundInput(StrictInput):
    """How much, and why."""

    example = {"amount": "14.00", "reason": "requested_by_customer", "note": "Two seats too many"}

    amount = ExactInput(required=False, help_text="In major units. Unless given: all that is left.")
    reason = serializers.ChoiceField(RefundReason.choices, required=False)
    note = serializers.CharField(
        max_length=500, required=False, help_text="For your own people; never sent to the gateway."
    )
    out_of_band = serializers.BooleanField(
        default=False,
        help_text="Record that you paid the money back yourself: for payments that came through no gateway.",
    )
    even_if_disputed = serializers.BooleanField(
        default=False, help_text="Refund also what an open or lost dispute has taken: it would be lost twice."
    )


class RefundView(ProviderView):
    """Refunds a payment through the gateway that it came through, never more than was received.

    Returns the refund: `succeeded`, or `failed` with the gateway's reason. 202 and `pending` mean that the
    gateway is still working on it, or has not answered yet: FlexSync finds out what happened. Money that came
    through no gateway, such as a bank transfer, you pay back yourself and record with `out_of_band`.
    """

    named = {"": ("refund", "Refund a payment")}
    takes_dry_run = True
    inputs = {"": RefundInput}
    responses = {"": {201: RefundSerializer, 202: RefundSerializer, 200: DryRunSerializer}}
    parameters = (DRY_RUN,)

    def post(self, request: Request, payment_id: str) -> Response:
        """201 with the refund; 409 when less is left, or ``out_of_band`` does not suit the payment."""
        arguments: dict[str, Any] = {
            "environment_id": self.environment_id,
            "payment_id": payment_id,
            "now": timezone.now(),
            "amount": None,
        } | self.body(request, RefundInput)
        if self.query()["dry_run"]:
            connection = refunds.gateway_connection(self.environment_id, payment_id)
            return dry_run_response(connection, refunds.plan(**arguments))
        refund = refunds.refund(
            **arguments, idempotency_key=self.caller_key(request), started_by=caller(request)
        )
        return Response(RefundSerializer(refund).data, status=202 if refund.status == "pending" else 201)

    def known_parameters(self) -> set[str]:
        """No connection: the payment knows which one it came through."""
        return {"dry_run"}
