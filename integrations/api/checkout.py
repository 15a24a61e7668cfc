"""``POST /v1/payments/{provider}/checkout``: a page of the provider on which an invoice is paid."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.doors import Door
from billing.api.strict import StrictInput
from integrations.api.schema import WHICH_CONNECTION, RowSchema
from integrations.checkout import open_checkout
from integrations.choosing import choose


class CheckoutInput(StrictInput):
    """Which invoice, and where the customer comes back to."""

    invoice_id = serializers.CharField(max_length=40)
    success_url = serializers.URLField(max_length=2048)
    cancel_url = serializers.URLField(max_length=2048)


class CheckoutShape(serializers.Serializer[Any]):
    """Where to send the customer."""

    checkout_url = serializers.URLField()
    session_id = serializers.CharField()
    payment_id = serializers.CharField()


class CheckoutView(Door):
    """Opens a checkout for all that is still due on a finalized invoice."""

    idempotency = "reserve"
    schema = RowSchema()
    inputs = {"": CheckoutInput}
    answers = {"": {201: CheckoutShape}}
    parameters = (WHICH_CONNECTION,)

    def post(self, request: Request, provider: str) -> Response:
        """201 with the page's address; 409 when nothing is due."""
        body = CheckoutInput(data=request.data)
        body.is_valid(raise_exception=True)
        connection = choose(self.environment_id, provider, request.query_params.get("connection_id", ""))
        payment = open_checkout(connection, now=timezone.now(), **body.validated_data)
        answer = {
            "checkout_url": payment.checkout_url,
            "session_id": payment.gateway_session_id,
            "payment_id": payment.id,
        }
        return Response(answer, status=201)

    def known_parameters(self) -> Iterable[str]:
        """Which connection, when there are several."""
        return {"connection_id"}
