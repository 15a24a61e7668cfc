"""Movements of the credit or debt that a gateway keeps for a customer."""

from django.db import models

from billing import money, texts
from billing.models.base import Row, amount_field, currency_field, id_field
from billing.models.credit_notes import CreditNote
from billing.models.customers import Customer
from billing.models.invoices import Invoice


class BalanceTransaction(Row):
    """One movement (amounts in major units): negative is credit, positive is debt, as gateways count.

    ``position`` counts a customer's movements at one connection, because several can happen in one second.
    """

    id = id_field("baltx")
    # Without an index of its own: balance_transaction_position_once begins with it.
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="balance_transactions", db_index=False
    )
    connection_id = models.CharField(max_length=40)
    position = models.PositiveIntegerField()
    amount = amount_field()
    currency = currency_field()
    ending_balance = amount_field()
    # The gateway's word for it, such as applied_to_invoice or adjustment.
    type = models.CharField(max_length=texts.LONGEST)
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="balance_transactions"
    )
    credit_note = models.ForeignKey(
        CreditNote, on_delete=models.PROTECT, null=True, blank=True, related_name="balance_transactions"
    )
    gateway = models.CharField(max_length=50)
    gateway_transaction_id = models.CharField(max_length=255)
    description = models.TextField(blank=True, default="")
    happened_at = models.DateTimeField()

    class Meta:
        ordering = ["-happened_at", "-position", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "gateway", "gateway_transaction_id"],
                name="balance_transaction_gateway_once",
            ),
            models.UniqueConstraint(
                fields=["customer", "connection_id", "position"], name="balance_transaction_position_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{money.with_currency(self.amount, self.currency)} {self.type}"
