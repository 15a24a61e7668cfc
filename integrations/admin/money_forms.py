"""The form that an operator fills in before a refund."""

from decimal import Decimal
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from billing import money
from billing.models import Payment
from billing.models.refunds import RefundReason
from billing.services.payments import refunds


class RefundForm(forms.Form):
    """How much of a payment is refunded, and why."""

    amount = forms.DecimalField(
        required=False,
        min_value=Decimal(0),
        decimal_places=money.AMOUNT_PLACES,
        widget=UnfoldAdminDecimalFieldWidget,
    )
    reason = forms.ChoiceField(
        required=False,
        choices=[("", "No reason given"), *RefundReason.choices],
        widget=UnfoldAdminSelectWidget,
    )
    note = forms.CharField(
        required=False,
        max_length=500,
        widget=UnfoldAdminTextInputWidget,
        help_text="For your own people; never sent to the gateway.",
    )

    def __init__(self, payment: Payment, data: Any = None) -> None:
        super().__init__(data)
        self.payment = payment
        left = money.text(refunds.refundable(payment), payment.currency)
        self.fields[
            "amount"
        ].help_text = f"In {payment.currency}, at most {left}. Leave empty to refund all of it."

    def arguments(self) -> dict[str, Any]:
        """Returns the arguments of the refund."""
        return {
            "environment_id": self.payment.environment_id,
            "payment_id": self.payment.pk,
            "amount": self.cleaned_data["amount"],
            "reason": self.cleaned_data["reason"],
            "note": self.cleaned_data["note"],
            "out_of_band": not refunds.at_gateway(self.payment),
        }
