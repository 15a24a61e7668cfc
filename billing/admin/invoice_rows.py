"""What is shown on an invoice's page: its lines and its payments."""

from typing import Any

from django.contrib import admin
from django.db.models import prefetch_related_objects
from django.http import HttpRequest

from billing.admin.columns import amount, itself, quantity, state, unit_amount, words
from billing.admin.links import NOTHING
from billing.admin.rows import ReadOnlyInline
from billing.admin.unfold_types import InlineFormSet
from billing.models import CreditNote, InvoiceLineItem, Payment


@admin.display(description="unit amount")
def line_unit_amount(line: InvoiceLineItem) -> str:
    """The price per unit, of a line that has one."""
    return NOTHING if line.is_amount_alone else unit_amount("unit_amount")(line)


class LineInline(ReadOnlyInline):
    model = InvoiceLineItem
    fields = ["description", quantity, line_unit_amount]
    fields += [amount(name) for name in ("amount", "discount", "tax")]
    readonly_fields = fields
    verbose_name_plural = "Lines"
    per_page = 100

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("invoice")


class KnownPayments(InlineFormSet):
    """The payments as other parts of the invoice's page read them too, once."""

    def get_queryset(self) -> Any:
        prefetch_related_objects([self.instance], "payments")
        return self.instance.payments.all()


class PaymentInline(ReadOnlyInline):
    model = Payment
    formset = KnownPayments
    fields = [
        itself,
        state("status"),
        amount("amount_refunded"),
        words("method"),
        words("gateway"),
        "succeeded_at",
        "created_at",
    ]
    readonly_fields = fields


class CreditNoteInline(ReadOnlyInline):
    model = CreditNote
    fields = [itself, state("status"), amount("amount"), amount("before_payment"), amount("after_payment")]
    fields += [words("reason"), "issued_at"]
    readonly_fields = fields
    verbose_name_plural = "Credit notes"
