"""Invoices and their lines as JSON."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from billing.api.fields import (
    METADATA,
    CurrencyInput,
    ExactInput,
    IdInput,
    LineUnitAmountOutput,
    MetadataInput,
    MoneyOutput,
    NumberOutput,
)
from billing.api.serializers import excess
from billing.api.serializers.base import ALWAYS, Output
from billing.api.serializers.excess import ExcessSerializer
from billing.api.strict import StrictModelInput
from billing.facts import ZERO, LineFacts
from billing.models import Invoice, InvoiceLineItem
from billing.services.invoices.lines import MOST_LINES

LINE = (
    "id", "description", "quantity", "unit_amount", "amount", "discount", "tax", "tax_name", "tax_percentage",
    "period_start", "period_end", "price_id", "metadata",
)  # fmt: skip
TEXTS = ("description", "footer", "number", "collection_method", "due_date", "period_start", "period_end")
AMOUNTS = ("subtotal", "discounts", "tax", "total", "amount_due", "amount_paid", "amount_remaining")
COLLECTION = ("attempt_count", "next_attempt_at", "failure_code", "failure_message", "sent_at", "overdue")
# Under which name the view reads them along.
CREDIT_NOTE_IDS = "credit_note_ids"


class InvoiceLineSerializer(serializers.ModelSerializer[InvoiceLineItem]):
    """One line; amount - discount + tax is owed for it."""

    quantity = NumberOutput()
    unit_amount = LineUnitAmountOutput(help_text="Null where the line has an amount alone.")
    amount = MoneyOutput()
    discount = MoneyOutput()
    tax = MoneyOutput()
    tax_percentage = NumberOutput(allow_null=True)
    metadata = serializers.DictField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = InvoiceLineItem
        fields = LINE
        read_only_fields = fields


class InvoiceSerializer(Output):
    """What one customer owes: total = subtotal - discounts + tax.

    Of it the provider asks for amount_due = total - credited - balance_applied.
    """

    subtotal = MoneyOutput()
    discounts = MoneyOutput()
    tax = MoneyOutput()
    total = MoneyOutput()
    credited = MoneyOutput(help_text="What credit notes took off it before it was paid.")
    balance_applied = MoneyOutput(
        help_text="What the customer's balance at the provider took off it; negative where a debt was added."
    )
    amount_due = MoneyOutput()
    amount_paid = MoneyOutput()
    amount_remaining = MoneyOutput()
    amount_refunded = MoneyOutput(help_text="What of amount_paid went back.")
    amount_disputed = MoneyOutput(help_text="What of amount_paid open and lost disputes have taken.")
    excess = serializers.SerializerMethodField(
        help_text="What was paid in excess, and through which payments; null when nothing did."
    )
    credit_notes = serializers.SerializerMethodField(help_text="The ids of its credit notes.")
    lines = InvoiceLineSerializer(many=True, read_only=True)
    is_external = serializers.BooleanField(
        read_only=True, help_text="Made at a gateway, which alone changes it."
    )
    attempt_count = serializers.IntegerField(
        read_only=True, help_text="How often a gateway has tried to collect it by itself."
    )
    next_attempt_at = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="When it tries again; null when it does not."
    )
    failure_code = serializers.CharField(
        read_only=True, help_text="Why the last attempt failed; empty once it is paid."
    )
    failure_message = serializers.CharField(read_only=True, help_text="The same, for a person.")
    sent_at = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="When a gateway last sent it to the customer."
    )
    overdue = serializers.BooleanField(
        read_only=True, help_text="Final, due before now, and something of it remains."
    )
    hosted_invoice_url = serializers.CharField(read_only=True, help_text="Empty until a provider has it.")
    pdf_url = serializers.CharField(read_only=True, help_text="Empty until a provider has it.")

    class Meta:
        model = Invoice
        fields = (
            *ALWAYS, "customer_id", "subscription_id", "connection_id", "currency", "status", "payment_status",
            *AMOUNTS, "credited", "balance_applied",
            "amount_refunded", "amount_disputed", "excess", "credit_notes", "lines",
            *TEXTS, *COLLECTION, "finalized_at", "voided_at", "hosted_invoice_url", "pdf_url",
            "is_external",
        )  # fmt: skip
        read_only_fields = fields

    def get_credit_notes(self, invoice: Invoice) -> list[str]:
        """Read with the invoices of a list."""
        known: list[str] | None = getattr(invoice, CREDIT_NOTE_IDS, None)
        return list(invoice.credit_notes.values_list("pk", flat=True)) if known is None else known

    @extend_schema_field(ExcessSerializer(allow_null=True))
    def get_excess(self, invoice: Invoice) -> dict[str, Any] | None:
        """What came beyond what is due."""
        return excess.shown(invoice)


class LineChanges(StrictModelInput):
    """What changes of one line: amounts in major units."""

    example = {"quantity": "4", "metadata": {"seats": "4"}}

    quantity = ExactInput(required=False, help_text="0 or more, at most 12 decimals; 1 unless given.")
    unit_amount = ExactInput(
        required=False,
        allow_null=True,
        help_text="At most 15 decimals; negative for a credit, null for an amount alone.",
    )
    amount = ExactInput(required=False, help_text="quantity x unit_amount, rounded; need not be sent.")
    discount = ExactInput(required=False, help_text="An amount off this line.")
    tax = ExactInput(required=False, help_text="An amount; calculated when only tax_percentage is sent.")
    tax_percentage = ExactInput(required=False, allow_null=True, help_text="0 to 100, at most 4 decimals.")
    price_id = IdInput(required=False, allow_null=True)
    metadata = MetadataInput(required=False)

    class Meta:
        model = InvoiceLineItem
        fields: tuple[str, ...] = LINE[1:]

    def validate_unit_amount(self, unit_amount: Decimal | None) -> Decimal:
        """0 is none."""
        return ZERO if unit_amount is None else unit_amount


class NewLineInput(LineChanges):
    """One line: amounts in major units. Send unit_amount, or amount alone."""

    example = {"description": "Seats", "quantity": "3", "unit_amount": "19.90"}

    def to_internal_value(self, data: Any) -> LineFacts:
        """The line's facts; raises ValidationError for one that does not say what it costs."""
        values = super().to_internal_value(data)
        if "amount" not in values and (not isinstance(data, dict) or data.get("unit_amount") is None):
            raise serializers.ValidationError({"unit_amount": ["Send unit_amount, or amount alone."]})
        return LineFacts(**values)


class LineInput(NewLineInput):
    """One of all lines of an invoice: amounts in major units. Send unit_amount, or amount alone."""

    id = IdInput(required=False, help_text="Of a line of this invoice, to keep it; only when changing.")

    class Meta(NewLineInput.Meta):
        fields = LINE


class InvoiceInput(StrictModelInput):
    """The fields of an invoice that a caller may send.

    ``lines`` replaces all lines, totals follow from them.
    """

    example = {
        "customer_id": "cust_01JD8Z3W5Q6V7X8Y9Z0A1B2C3D",
        "currency": "EUR",
        "lines": [
            {"description": "Seats", "quantity": "3", "unit_amount": "19.90", "discount": "5.00"},
            {"description": "Set-up", "unit_amount": "100.00", "tax_name": "VAT", "tax_percentage": "20"},
        ],
    }

    customer_id = IdInput()
    subscription_id = IdInput(required=False, allow_null=True)
    connection_id = serializers.CharField(
        max_length=40,
        required=False,
        allow_blank=True,
        help_text="The connection that collects it; unless given: its customer's, or the one whose options fit.",
    )
    currency = CurrencyInput()
    lines: Any = serializers.ListSerializer(child=LineInput(), required=False, max_length=MOST_LINES)
    metadata = MetadataInput(required=False, help_text=METADATA)

    class Meta:
        model = Invoice
        fields = ("customer_id", "subscription_id", "connection_id", "currency", "lines", *TEXTS, "metadata")

    def validate_lines(self, lines: list[LineFacts]) -> tuple[LineFacts, ...]:
        """As facts hold them."""
        return tuple(lines)
