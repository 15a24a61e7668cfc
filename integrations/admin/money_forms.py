"""The forms that an operator fills in before a refund, and to record money that came outside any gateway."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from billing import money
from billing.facts import PaymentFacts
from billing.models import Invoice, Payment
from billing.models.refunds import RefundReason
from billing.services.payments import refundable, refunds

METHODS = ("bank_transfer", "cash", "cheque", "direct_debit", "other")


def money_of(invoice: Invoice) -> dict[str, str]:
    """Returns what an invoice asks for, what came, and what remains, as pages say it."""
    amounts = {"due": invoice.amount_due, "paid": invoice.amount_paid, "remaining": invoice.amount_remaining}
    return {name: money.with_currency(amount, invoice.currency) for name, amount in amounts.items()}


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
        self.left = refundable.refundable(payment)
        left = money.text(self.left, payment.currency)
        self.fields[
            "amount"
        ].help_text = f"In {payment.currency}, at most {left}. Leave empty to refund all of it."

    def wanted(self) -> Decimal:
        """How much is to be refunded (major units)."""
        amount: Decimal | None = self.cleaned_data["amount"]
        return self.left if amount is None else amount

    def takes_disputed_money(self) -> bool:
        """Whether some of it was taken by a dispute already."""
        return bool(self.wanted() > self.left - self.payment.amount_disputed)

    def arguments(self) -> dict[str, Any]:
        """Returns the arguments of the refund."""
        return {
            "environment_id": self.payment.environment_id,
            "payment_id": self.payment.pk,
            "amount": self.cleaned_data["amount"],
            "reason": self.cleaned_data["reason"],
            "note": self.cleaned_data["note"],
            "out_of_band": not refunds.at_gateway(self.payment),
            "even_if_disputed": self.data.get("even_if_disputed") == "on",
        }


class RecordPaymentForm(forms.Form):
    """What came for an invoice outside any gateway, how, and when."""

    amount = forms.DecimalField(
        min_value=Decimal(0), decimal_places=money.AMOUNT_PLACES, widget=UnfoldAdminDecimalFieldWidget
    )
    method = forms.ChoiceField(
        choices=[(name, name.replace("_", " ").capitalize()) for name in METHODS],
        widget=UnfoldAdminSelectWidget,
    )
    received_at = forms.DateTimeField(
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
    )

    def __init__(self, invoice: Invoice, data: Any = None) -> None:
        now = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
        remaining = money.text(invoice.amount_remaining, invoice.currency)
        amount = remaining if invoice.amount_remaining else ""
        super().__init__(data, initial={"amount": amount, "received_at": now})
        self.invoice = invoice
        self.fields[
            "received_at"
        ].help_text = f"When the money came ({timezone.get_current_timezone_name()})."
        self.fields["amount"].help_text = f"In {invoice.currency}; {remaining} is due."

    def said(self) -> dict[str, str]:
        """Returns what the page asks about: what was typed, and the invoice as it is."""
        typed = {"payment": self.shown(), "by": self.cleaned_data["method"].replace("_", " ")}
        return {**typed, "on": f"{self.cleaned_data['received_at']:%Y-%m-%d %H:%M}", **money_of(self.invoice)}

    def shown(self) -> str:
        """Returns how much came."""
        return money.with_currency(self.cleaned_data["amount"], self.invoice.currency)

    def arguments(self) -> dict[str, Any]:
        """Returns the arguments of the payment."""
        facts = PaymentFacts(
            customer_id=self.invoice.customer_id,
            invoice_id=self.invoice.pk,
            amount=self.cleaned_data["amount"],
            currency=self.invoice.currency,
            status="succeeded",
            method=self.cleaned_data["method"],
        )
        received = self.cleaned_data["received_at"]
        return {"environment_id": self.invoice.environment_id, "facts": facts, "received_at": received}
