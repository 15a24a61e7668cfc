"""The form that an operator fills in before a credit note, and what it would do."""

from decimal import Decimal
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from billing import money
from billing.facts import ZERO
from billing.models import Invoice
from billing.models.credit_notes import CreditNoteReason
from billing.services.invoices import credit_note_split
from billing.services.invoices.credit_notes import CreditNoteRequest
from billing.services.payments import refundable

_BACK = {
    "refund": "Of what was paid: refunded through its gateway.",
    "to_balance": "Of what was paid: credit for the customer's next invoice.",
    "out_of_band": "Of what was paid: you give it back yourself.",
}


def _amount(required: bool, help_text: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        required=required,
        min_value=Decimal(0),
        decimal_places=money.AMOUNT_PLACES,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text=help_text,
    )


class CreditNoteForm(forms.Form):
    """How much of an invoice is credited, why, and where the paid part goes back to."""

    amount = _amount(required=True)
    refund, to_balance, out_of_band = (_amount(required=False, help_text=text) for text in _BACK.values())
    reason = forms.ChoiceField(
        required=False,
        choices=[("", "No reason given"), *CreditNoteReason.choices],
        widget=UnfoldAdminSelectWidget,
    )
    memo = forms.CharField(
        required=False,
        max_length=500,
        widget=UnfoldAdminTextInputWidget,
        help_text="The customer reads it on the credit note.",
    )

    def __init__(self, invoice: Invoice, data: Any = None) -> None:
        super().__init__(data)
        self.invoice = invoice
        most = self._text(credit_note_split.split(invoice, ZERO).most)
        open_now = self._text(invoice.amount_remaining)
        self.fields["amount"].help_text = f"At most {most}."
        if not refundable.creditable(invoice):
            for name in _BACK:
                del self.fields[name]
            return
        self.fields[
            "amount"
        ].help_text += f" The first {open_now} of it lower what is still to be paid; the rest goes back."

    def refuse(self, refusal: Exception) -> None:
        """Shows why it is refused, at the field that the refusal names."""
        named = [name for name in getattr(refusal, "details", {}) if name in self.fields]
        self.add_error(next(iter(named), None), getattr(refusal, "message", str(refusal)))

    def request(self) -> CreditNoteRequest:
        """Returns what the operator asks for."""
        given: dict[str, Any] = {name: self.cleaned_data.get(name) or ZERO for name in _BACK}
        given |= {name: self.cleaned_data[name] for name in ("amount", "reason", "memo")}
        return CreditNoteRequest(**given)

    def wanted(self) -> str:
        """Returns how much is credited."""
        return self._text(self.cleaned_data["amount"] or ZERO)

    def said(self) -> dict[str, str]:
        """Returns what the page asks about: what was typed, and what it would do."""
        typed = {name: str(self.cleaned_data.get(name) or "") for name in ("reason", "memo")}
        return {"credit": self.wanted(), "so that": " ".join(self.effects()), **typed}

    def effects(self) -> list[str]:
        """Returns what the credit note would do, in sentences."""
        request = self.request()
        parts = credit_note_split.split(self.invoice, request.amount or ZERO)
        left = self._text(self.invoice.amount_remaining - parts.before_payment)
        lowered = f"{self._text(parts.before_payment)} are taken off; {left} are then still to be paid."
        back = {
            "are refunded through the gateway of the payment.": request.refund,
            "become credit for the customer's next invoice.": request.to_balance,
            "are noted as given back by you.": request.out_of_band,
        }
        gone = [f"{self._text(amount)} {what}" for what, amount in back.items() if amount]
        return ([lowered] if parts.before_payment else []) + gone

    def _text(self, amount: Decimal) -> str:
        return money.with_currency(amount, self.invoice.currency)
