"""Disputes as JSON."""

from typing import Any

from rest_framework import serializers

from billing import money
from billing.api.fields import MoneyOutput
from billing.models import Dispute


class DisputeSerializer(serializers.ModelSerializer[Any]):
    """Money of a payment that its payer's bank wants back."""

    amount = MoneyOutput(help_text="In the dispute's own currency.")
    amount_of_payment = serializers.SerializerMethodField(
        help_text="What that is in the payment's currency; an open or lost dispute has taken it."
    )
    is_estimate = serializers.BooleanField(
        read_only=True, help_text="The gateway does not say amount_of_payment, so it is all of the payment."
    )

    class Meta:
        model = Dispute
        fields = (
            "id", "version", "payment_id", "amount", "currency", "amount_of_payment", "is_estimate", "status", "reason", "gateway_dispute_id", "respond_by",
            "opened_at", "closed_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_amount_of_payment(self, dispute: Dispute) -> str:
        """As the payment's currency writes it."""
        return money.text(dispute.amount_of_payment, dispute.payment.currency)
