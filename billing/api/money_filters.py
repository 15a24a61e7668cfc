"""How the lists of money are filtered: credit notes, balance transactions, payments, refunds, disputes."""

import django_filters
from django.db.models import QuerySet

from billing.api.filters import (
    ListFilter,
    ListOfTextsFilter,
    MomentFilter,
    MoneyFilter,
    StoredFilter,
    TotalOrdering,
    of_currency,
)
from billing.models import BalanceTransaction, CreditNote, Dispute, Payment, Refund


class CreditNoteFilter(MoneyFilter):
    customer_id = ListOfTextsFilter()
    invoice_id = ListOfTextsFilter()
    ordering = TotalOrdering(
        fields=("created_at", "updated_at", "amount", "issued_at"), help_text="Newest first unless given."
    )

    class Meta:
        model = CreditNote
        fields = ("status", "reason", "number", "connection_id", "gateway_credit_note_id")


class BalanceTransactionFilter(ListFilter):
    class Meta:
        model = BalanceTransaction
        fields = ("connection_id", "type", "currency")


class PaymentFilter(MoneyFilter):
    customer_id = ListOfTextsFilter()
    guest = django_filters.ChoiceFilter(
        choices=[("true", "true"), ("false", "false")],
        method="filter_guest",
        help_text="Paid by a guest, who is no customer.",
    )
    invoice_id = ListOfTextsFilter()
    ordering = TotalOrdering(
        fields=("created_at", "updated_at", "amount", "succeeded_at"), help_text="Newest first unless given."
    )

    class Meta:
        model = Payment
        fields = (
            "status",
            "method",
            "gateway",
            "gateway_payment_id",
            "gateway_charge_id",
            "gateway_session_id",
        )

    def filter_guest(self, payments: QuerySet[Payment], _name: str, value: str) -> QuerySet[Payment]:
        """Those without a customer, or all others."""
        return payments.filter(customer__isnull=value == "true")


class RefundFilter(StoredFilter):
    currency = of_currency()
    payment_id = ListOfTextsFilter()
    invoice_id = ListOfTextsFilter("payment__invoice_id")
    customer_id = ListOfTextsFilter("payment__customer_id")
    credit_note_id = ListOfTextsFilter()
    ordering = TotalOrdering(
        fields=("created_at", "updated_at", "amount", "settled_at"), help_text="Newest first unless given."
    )

    class Meta:
        model = Refund
        fields = ("status", "reason", "gateway_refund_id")


class DisputeFilter(StoredFilter):
    currency = of_currency()
    payment_id = ListOfTextsFilter()
    invoice_id = ListOfTextsFilter("payment__invoice_id")
    customer_id = ListOfTextsFilter("payment__customer_id")
    respond_before = MomentFilter("respond_by", "lt", help_text="To be responded to before then.")
    ordering = TotalOrdering(
        fields=("created_at", "updated_at", "opened_at", "respond_by"), help_text="Newest first unless given."
    )

    class Meta:
        model = Dispute
        fields = ("status", "reason", "gateway_dispute_id")
