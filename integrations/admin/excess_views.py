"""The pages behind an invoice's buttons: refund the duplicate, and record money that came elsewhere."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils import timezone

from billing import money
from billing.admin import confirmations, rights
from billing.admin.links import row_url
from billing.errors import BillingError
from billing.models import Invoice, Payment, Refund
from billing.services.payments import excess, payments
from integrations.admin import both_sides, excess_alert, money_messages
from integrations.admin.money_forms import RecordPaymentForm, money_of
from integrations.admin.money_views import REFUSALS, MoneyViews
from integrations.payments import duplicates, receipts
from integrations.payments.credit_notes import connection_of


class ExcessViews(MoneyViews):
    """Each page first shows what it would do. Posting it twice does it once."""

    def get_urls(self) -> list[URLPattern]:
        """Adds the pages, each with the right that it needs."""
        pages = (
            ("refund_duplicate", "refund-duplicate/<str:row_id>/", self.refund_duplicate_view, rights.REFUND),
            ("record_payment", "record-payment/<str:row_id>/", self.record_payment_view, rights.RECORD),
        )
        return [*(self._path(*page) for page in pages), *super().get_urls()]

    def refund_duplicate_view(self, request: HttpRequest, row_id: str) -> HttpResponse:
        """Shows the payments and what was paid in excess, then refunds exactly that."""
        invoice = self._row(Invoice, row_id)
        refusal, said = "", _said(invoice)
        made_before = Refund.objects.filter(payment__invoice=invoice)
        if request.method == "POST" and not self._differs(request, made_before, said):
            try:
                made = duplicates.refund(
                    environment_id=invoice.environment_id,
                    invoice_id=invoice.pk,
                    out_of_band=request.POST.get("out_of_band") == "on",
                    **self._once(request),
                    now=timezone.now(),
                    confirm=confirmations.same(invoice, _said),
                )
            except REFUSALS as error:
                refusal = str(error)
            else:
                for message in map(money_messages.of_refund, made):
                    messages.add_message(request, message.level, message.text)
                return redirect(row_url(invoice))
        context = {"invoice": invoice, "refusal": refusal, **_shown(invoice), **self._asked(request, said)}
        return self._page(request, "refund_duplicate", "Refund the duplicate", invoice, context)

    def record_payment_view(self, request: HttpRequest, row_id: str) -> HttpResponse:
        """Asks how much came, how and when; shows what that does to both sides; then records it."""
        invoice = self._row(Invoice, row_id)
        form = RecordPaymentForm(invoice, request.POST or None)
        context: dict[str, Any] = {"form": form, "invoice": invoice}
        if request.method == "POST" and form.is_valid():
            said, arguments = form.said(), {**form.arguments(), "now": timezone.now()}
            try:
                if "record" in request.POST and not self._differs(request, invoice.payments.all(), said):
                    payment = self._recorded(invoice, request.POST.get("key", ""), arguments)
                    amount = money.with_currency(payment.amount, payment.currency)
                    messages.success(request, f"The payment of {amount} is recorded.")
                    return redirect(row_url(invoice))
                context |= _sides(invoice, receipts.plan(**arguments))
                context |= self._asked(request, said)
            except REFUSALS as refusal:
                form.add_error(None, str(refusal))
        return self._page(request, "record_payment", "Record a payment", invoice, context)

    def _recorded(self, invoice: Invoice, key: str, arguments: dict[str, Any]) -> Payment:
        """The payment, also where the form has been sent before, and also while that was being recorded."""
        made = Payment.objects.filter(idempotency_key=key, invoice=invoice).exclude(idempotency_key="")
        if known := made.first():
            return known
        try:
            with confirmations.locked(invoice, money_of):
                return payments.create(**arguments, idempotency_key=key)
        except BillingError:
            if known := made.first():
                return known
            raise


def _sides(invoice: Invoice, receipt: receipts.Receipt) -> dict[str, Any]:
    connection = connection_of(invoice.environment_id, invoice.pk)
    effects = both_sides.of_invoice(invoice, receipt.invoice)
    return both_sides.context(connection.provider if connection else "", effects, receipt.calls)


def _said(invoice: Invoice) -> dict[str, str]:
    """What is asked: how much goes back, and what of it does already."""
    found = excess.of(invoice)
    amounts = {"in excess": found.amount, "being refunded": found.refund_pending} if found else {}
    return {name: money.with_currency(amount, invoice.currency) for name, amount in amounts.items()}


def _shown(invoice: Invoice) -> dict[str, object]:
    """Returns the excess as the page shows it, and which of it no gateway holds."""
    found = excess.of(invoice)
    if found is None:
        return {"amount": ""}
    duplicates_found = [counted.payment for counted in found.payments if counted.is_duplicate]
    by_hand = [payment for payment in duplicates_found if not payment.gateway_payment_id]
    return {**excess_alert.shown(invoice, found), "by_hand": by_hand}
