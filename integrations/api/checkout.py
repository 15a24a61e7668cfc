"""``POST /v1/payments/{provider}/checkout``: opens a page of the provider on which an invoice is paid."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.authentication import caller
from billing.api.strict import StrictInput
from integrations.api.dry_run import DRY_RUN, DryRunSerializer, dry_run_response
from integrations.api.provider_views import ProviderView
from integrations.api.schema import WHICH_CONNECTION
from integrations.payments import checkout


class CheckoutInput(StrictInput):
    """Which invoice, where the customer returns to, and what else the page offers."""

    example = {
        "invoice_id": "inv_01JD8Z3W5Q6V7X8Y9Z0A1B2C3D",
        "success_url": "https://yourapp.example/success",
        "cancel_url": "https://yourapp.example/cancel",
        "save_as_default": True,
    }

    invoice_id = serializers.CharField(max_length=40)
    success_url = serializers.URLField(max_length=2048)
    cancel_url = serializers.URLField(max_length=2048)
    save_as_default = serializers.BooleanField(
        default=False,
        help_text="Save the payment method that pays, and make it the customer's default.",
    )
    allow_promotion_codes = serializers.BooleanField(
        default=False,
        help_text="What a code takes off is credited: a credit note with the memo `Promotion code`.",
    )
    collect_tax_ids = serializers.BooleanField(default=False)
    expires_in = serializers.IntegerField(
        required=False,
        min_value=checkout.SHORTEST,
        max_value=checkout.DAY,
        help_text="Seconds, from 30 minutes to a day. Unless given: a day.",
    )


class CheckoutSerializer(serializers.Serializer[Any]):
    """Where to send the customer."""

    checkout_url = serializers.URLField()
    session_id = serializers.CharField(source="gateway_session_id")
    payment_id = serializers.CharField(source="pk")
    expires_at = serializers.DateTimeField(source="checkout_expires_at", allow_null=True)


class CheckoutView(ProviderView):
    """Opens a checkout for all that is still due on a finalized invoice.

    While a page with the same options is open, it is returned again, so that the customer never has two pages
    to pay on. A page that was opened with other options is closed first.
    """

    named = {"": ("checkout", "Open a checkout page")}
    takes_dry_run = True
    inputs = {"": CheckoutInput}
    responses = {"": {201: CheckoutSerializer, 200: DryRunSerializer}}
    parameters = (DRY_RUN, WHICH_CONNECTION)

    def post(self, request: Request, provider: str) -> Response:
        """201 with the page's address; 409 when nothing is due."""
        options = self.body(request, CheckoutInput)
        connection, now = self.collector(provider, options["invoice_id"]), timezone.now()
        if self.query()["dry_run"]:
            return dry_run_response(connection, checkout.plan(connection, now=now, **options))
        payment = checkout.open_checkout(
            connection, now=now, started_by=caller(request) or "checkout", **options
        )
        return Response(CheckoutSerializer(payment).data, status=201)
