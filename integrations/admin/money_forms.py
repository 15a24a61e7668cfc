"""What a person fills in before money moves."""

from decimal import Decimal
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from billing import money
from billing.models import Payment
from billing.models.refunds import RefundReason
from billing.services.payments import refunds


class RefundForm(forms.Form):
    """How much of one payment goes back, and why."""

    amount = forms.DecimalField(
        required=False,
        min_value=Decimal(0),
        decimal_places=money.AMOUNT_PLACES,
        widget=UnfoldAdminDecimalFieldWidget,
    )
    reason = forms.ChoiceField(
        required=False, choices=[("", "Not said"), *RefundReason.choices], widget=UnfoldAdminSelectWidget
    )
    note = forms.CharField(
        required=False, max_length=500, widget=UnfoldAdminTextInputWidget, help_text="For people here."
    )

    def __init__(self, payment: Payment, data: Any = None) -> None:
        super().__init__(data)
        self.payment = payment
        left = money.text(refunds.refundable(payment), payment.currency)
        self.fields["amount"].help_text = f"{payment.currency}, at most {left}. Empty: all of it."

    def asked(self) -> dict[str, Any]:
        """As refunding.refund takes it."""
        return {
            "environment_id": self.payment.environment_id,
            "payment_id": self.payment.pk,
            "amount": self.cleaned_data["amount"],
            "reason": self.cleaned_data["reason"],
            "note": self.cleaned_data["note"],
            "out_of_band": not refunds.at_gateway(self.payment),
        }
