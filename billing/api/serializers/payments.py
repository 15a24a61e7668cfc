"""Payments as JSON."""

from typing import Any

from rest_framework import serializers

from billing.api.fields import METADATA, CurrencyInput, ExactInput, IdInput, MetadataInput, MoneyOutput
from billing.api.serializers.base import ALWAYS, Output
from billing.api.serializers.disputes import DisputeSerializer
from billing.api.serializers.refunds import RefundSerializer
from billing.api.strict import StrictInput, StrictModelInput
from billing.models import Payment
from billing.models.payments import PaymentState

GATEWAY = (
    "gateway", "connection_id", "gateway_payment_id", "gateway_charge_id", "gateway_session_id", "gateway_method_id", "checkout_url", "checkout_expires_at",
)  # fmt: skip


class NextActionSerializer(serializers.Serializer[Any]):
    """A step that the customer has to take before the payment goes on."""

    type = serializers.CharField(required=False, help_text="The kind of step, in the gateway's own words.")
    url = serializers.CharField(required=False, help_text="Where it is taken, when it has a page.")

    def to_representation(self, instance: Any) -> Any:
        """As it is stored: empty when there is no step."""
        return instance


class PaymentSerializer(Output):
    """Money that is to come, came, or did not."""

    amount = MoneyOutput()
    amount_refunded = MoneyOutput()
    amount_disputed = MoneyOutput(help_text="What open and lost disputes have taken away.")
    next_action = NextActionSerializer(
        read_only=True, help_text="What the customer has to do; `{}` when nothing."
    )
    refunds = RefundSerializer(many=True, read_only=True)
    disputes = DisputeSerializer(many=True, read_only=True)

    class Meta:
        model = Payment
        fields = (
            *ALWAYS, "customer_id", "invoice_id", "amount", "currency", "amount_refunded", "amount_disputed", "status",
            "method", *GATEWAY, "next_action", "failure_code", "failure_message", "off_session", "is_external",
            "succeeded_at", "refunds", "disputes",
        )  # fmt: skip
        read_only_fields = fields


class PaymentInput(StrictModelInput):
    """Money that came outside any gateway, such as a bank transfer."""

    example = {
        "customer_id": "cust_01JD8Z3W5Q6V7X8Y9Z0A1B2C3D",
        "invoice_id": "inv_01JD8Z3W5Q6V7X8Y9Z0A1B2C3D",
        "amount": "174.70",
        "currency": "EUR",
        "method": "bank_transfer",
        "received_at": "2026-03-01T09:30:00Z",
    }

    customer_id = IdInput()
    invoice_id = IdInput(required=False, allow_null=True)
    amount = ExactInput(help_text="Major units, above 0.")
    currency = CurrencyInput()
    status = serializers.ChoiceField(["succeeded", "pending"], default="succeeded")
    received_at = serializers.DateTimeField(
        required=False, help_text="When the money came, never in the future; now unless given."
    )
    metadata = MetadataInput(required=False)

    class Meta:
        model = Payment
        fields = (
            "customer_id",
            "invoice_id",
            "amount",
            "currency",
            "status",
            "method",
            "received_at",
            "metadata",
        )


class PaymentChangeInput(StrictInput):
    """What a person may change of a payment that was made outside any gateway."""

    status = serializers.ChoiceField(PaymentState.choices, required=False)
    received_at = serializers.DateTimeField(
        required=False, help_text="With the status `succeeded`: when the money came; now unless given."
    )
    amount_refunded = ExactInput(required=False, help_text="Major units: all that was given back so far.")
    metadata = MetadataInput(required=False, help_text=METADATA)
