"""Credit notes as JSON."""

from typing import Any

from rest_framework import serializers

from billing.api.fields import ExactInput, IdInput, MetadataInput, MoneyOutput
from billing.api.serializers.base import ALWAYS, Output
from billing.api.strict import StrictInput
from billing.facts import CreditLineFacts
from billing.models import CreditNote
from billing.models.credit_notes import CreditNoteReason

PARTS = ("amount", "before_payment", "after_payment", "refunded", "to_balance", "out_of_band")
MOST_LINES = 250


class CreditLineSerializer(serializers.Serializer[Any]):
    """One line; numbers are text, empty where the line has none."""

    description = serializers.CharField()
    quantity = serializers.CharField()
    unit_amount = serializers.CharField()
    amount = serializers.CharField()
    invoice_line_item_id = serializers.CharField()


class CreditNoteSerializer(Output):
    """What is taken off an invoice: amount = before_payment + after_payment.

    `before_payment` lowers what the invoice asks for; `after_payment` = refunded + to_balance + out_of_band
    goes back of what was paid.
    """

    amount = MoneyOutput()
    before_payment = MoneyOutput()
    after_payment = MoneyOutput()
    refunded = MoneyOutput()
    to_balance = MoneyOutput()
    out_of_band = MoneyOutput()
    lines = CreditLineSerializer(many=True, read_only=True)
    pdf_url = serializers.CharField(read_only=True, help_text="Empty until a provider has it.")

    class Meta:
        model = CreditNote
        fields = (
            *ALWAYS, "customer_id", "invoice_id", "number", "currency", *PARTS, "status", "reason", "memo", "lines",
            "connection_id", "gateway", "gateway_credit_note_id", "pdf_url", "is_external", "started_by",
            "issued_at", "voided_at",
        )  # fmt: skip
        read_only_fields = fields


class CreditLineInput(StrictInput):
    """A line of the invoice (by quantity, amount, or whole), or one of its own (unit_amount)."""

    invoice_line_item_id = IdInput(required=False)
    quantity = ExactInput(required=False, help_text="Of the line's own quantity, with its discount and tax.")
    amount = ExactInput(required=False, help_text="What is credited in all, taxes included.")
    description = serializers.CharField(max_length=500, required=False)
    unit_amount = ExactInput(required=False, help_text="For a line of its own, with description.")

    def to_internal_value(self, data: Any) -> CreditLineFacts:
        """The line's facts."""
        return CreditLineFacts(**super().to_internal_value(data))


class CreditNoteInput(StrictInput):
    """What is credited, and where the part goes back to that was paid already."""

    example = {
        "invoice_id": "inv_01JD8Z3W5Q6V7X8Y9Z0A1B2C3D",
        "amount": "14.00",
        "reason": "order_change",
        "memo": "Two seats too many",
    }

    invoice_id = IdInput()
    amount = ExactInput(required=False, help_text="In major units. Send this or lines.")
    lines: Any = serializers.ListSerializer(child=CreditLineInput(), required=False, max_length=MOST_LINES)
    refund = ExactInput(required=False, help_text="Of what was paid: refunded by its gateway.")
    to_balance = ExactInput(required=False, help_text="Of what was paid: credit for the next invoice.")
    out_of_band = ExactInput(required=False, help_text="Of what was paid: you give it back yourself.")
    reason = serializers.ChoiceField(CreditNoteReason.choices, required=False)
    memo = serializers.CharField(max_length=5000, required=False, help_text="Printed on its PDF.")
    metadata = MetadataInput(required=False)

    def validate_lines(self, lines: list[CreditLineFacts]) -> tuple[CreditLineFacts, ...]:
        """As facts hold them."""
        return tuple(lines)
