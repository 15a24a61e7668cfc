"""``POST /v1/payments/{provider}/charge``: charges a saved payment method without the customer."""

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.authentication import caller
from billing.api.serializers.payments import PaymentSerializer
from billing.api.strict import StrictInput
from integrations.api.dry_run import DRY_RUN, DryRunSerializer, dry_run_response
from integrations.api.provider_views import ProviderView
from integrations.api.schema import WHICH_CONNECTION
from integrations.payments import charges


class ChargeInput(StrictInput):
    """Which invoice, and what is charged."""

    example = {"invoice_id": "inv_01JD8Z3W5Q6V7X8Y9Z0A1B2C3D"}

    invoice_id = serializers.CharField(max_length=40)
    payment_method_id = serializers.CharField(
        max_length=255, default="", help_text="The provider's id. Unless given: the customer's default."
    )


class ChargeView(ProviderView):
    """Charges all that is still due on a finalized invoice to a saved payment method, once.

    Returns the payment: `succeeded`, `failed` with its code and message, or `requires_action` when the bank
    asks the customer to authenticate, who can then pay at `checkout_url`. 202 and `pending` mean that the
    provider has not answered yet: FlexSync finds out what happened.
    """

    named = {"": ("charge", "Charge a saved payment method")}
    takes_dry_run = True
    inputs = {"": ChargeInput}
    responses = {"": {201: PaymentSerializer, 202: PaymentSerializer, 200: DryRunSerializer}}
    parameters = (DRY_RUN, WHICH_CONNECTION)

    def post(self, request: Request, provider: str) -> Response:
        """201 with the payment; 409 when nothing is due, or another payment of the invoice is under way."""
        data = self.body(request, ChargeInput)
        connection, now = self.collector(provider, data["invoice_id"]), timezone.now()
        if self.query()["dry_run"]:
            return dry_run_response(connection, charges.plan(connection, now=now, **data))
        payment = charges.charge(
            connection, now=now, idempotency_key=self.caller_key(request), started_by=caller(request), **data
        )
        return Response(PaymentSerializer(payment).data, status=202 if payment.status == "pending" else 201)
