"""``POST /v1/payments/{id}/refund``: money goes back, in part or whole."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.fields import ExactInput
from billing.api.serializers.refunds import RefundSerializer
from billing.api.strict import StrictInput
from billing.models.refunds import RefundReason
from integrations.api.provider_views import DRY_RUN, DryRunSerializer, ProviderView, planned
from integrations.api.row_viewset import caller
from integrations.payments import refunds


class RefundInput(StrictInput):
    """How much, and why."""

    example = {"amount": "14.00", "reason": "requested_by_customer", "note": "Two seats too many"}

    amount = ExactInput(required=False, help_text="Major units; all that is left unless said.")
    reason = serializers.ChoiceField(RefundReason.choices, required=False)
    note = serializers.CharField(
        max_length=500, required=False, help_text="For people here; nobody else sees it."
    )
    out_of_band = serializers.BooleanField(
        default=False,
        help_text="Record that you gave the money back yourself: for payments that no gateway holds.",
    )


class RefundView(ProviderView):
    """Refunds a payment through the gateway that it came through, never more than came.

    The answer is the refund: `succeeded`, or `failed` with the gateway's reason. 202 and `pending` mean that the gateway
    has it under way, or has not answered yet: FlexSync finds out what happened. Money that no gateway holds, such as a
    bank transfer, is given back by you and recorded with `out_of_band`.
    """

    takes_dry_run = True
    inputs = {"": RefundInput}
    answers = {"": {201: RefundSerializer, 202: RefundSerializer, 200: DryRunSerializer}}
    parameters = (DRY_RUN,)

    def post(self, request: Request, payment_id: str) -> Response:
        """201 with the refund; 409 when that much is not left, or the payment is not of the kind that was said."""
        asked: dict[str, Any] = {"amount": None} | self.body(request, RefundInput)
        place: dict[str, Any] = {
            "environment_id": self.environment_id,
            "payment_id": payment_id,
            "now": timezone.now(),
        }
        if self.question()["dry_run"]:
            return planned(refunds.plan(**place, **asked))
        refund = refunds.refund(
            **place, **asked, idempotency_key=self.own_key(request), started_by=caller(request)
        )
        return Response(RefundSerializer(refund).data, status=202 if refund.status == "pending" else 201)

    def known_parameters(self) -> set[str]:
        """The payment says which connection it came through."""
        return {"dry_run"}
