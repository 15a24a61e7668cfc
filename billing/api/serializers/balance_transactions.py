"""Movements of customers' balances as JSON."""

from typing import Any

from rest_framework import serializers

from billing.api.fields import MoneyOutput
from billing.models import BalanceTransaction


class BalanceTransactionSerializer(serializers.ModelSerializer[Any]):
    """One movement of what a provider keeps for the customer: negative is credit, positive is debt."""

    amount = MoneyOutput()
    ending_balance = MoneyOutput()

    class Meta:
        model = BalanceTransaction
        fields = (
            "id", "customer_id", "connection_id", "amount", "currency", "ending_balance", "type", "invoice_id",
            "credit_note_id", "gateway", "gateway_transaction_id", "description", "happened_at", "created_at",
        )  # fmt: skip
        read_only_fields = fields
