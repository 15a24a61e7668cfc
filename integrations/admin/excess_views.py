"""The pages behind an invoice's buttons: refund the duplicate, and record money that came elsewhere."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils import timezone

from billing.admin import rights
from billing.admin.links import row_url
from billing.models import Invoice, Payment
from billing.services.payments import excess, payments
from integrations.admin import both_sides, excess_alert, money_messages
from integrations.admin.money_forms import RecordPaymentForm
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
        refusal = ""
        if request.method == "POST":
            try:
                made = duplicates.refund(
                    environment_id=invoice.environment_id,
                    invoice_id=invoice.pk,
                    out_of_band=request.POST.get("out_of_band") == "on",
                    **self._once(request),
                    now=timezone.now(),
                )
            except REFUSALS as error:
                refusal = str(error)
            else:
                for message in map(money_messages.of_refund, made):
                    messages.add_message(request, message.level, message.text)
                return redirect(row_url(invoice))
        context = {"invoice": invoice, "refusal": refusal, **_shown(invoice)}
        return self._page(request, "refund_duplicate", "Refund the duplicate", invoice, context)

    def record_payment_view(self, request: HttpRequest, row_id: str) -> HttpResponse:
        """Asks how much came, how and when; shows what that does to both sides; then records it."""
        invoice = self._row(Invoice, row_id)
        form = RecordPaymentForm(invoice, request.POST or None)
        context: dict[str, Any] = {"form": form, "invoice": invoice}
        if request.method == "POST" and form.is_valid():
            key = request.POST.get("key", "")
            known = key and Payment.objects.filter(idempotency_key=key, invoice=invoice).exists()
            arguments = {**form.arguments(), "now": timezone.now()}
            try:
                if "record" not in request.POST:
                    context |= _sides(invoice, receipts.plan(**arguments))
                elif known or payments.create(**arguments, idempotency_key=key):
                    messages.success(request, f"The payment of {form.shown()} is recorded.")
                    return redirect(row_url(invoice))
            except REFUSALS as refusal:
                form.add_error(None, str(refusal))
        return self._page(request, "record_payment", "Record a payment", invoice, context)


def _sides(invoice: Invoice, receipt: receipts.Receipt) -> dict[str, Any]:
    connection = connection_of(invoice.environment_id, invoice.pk)
    effects = both_sides.of_invoice(invoice, receipt.invoice)
    return both_sides.context(connection.provider if connection else "", effects, receipt.calls)


def _shown(invoice: Invoice) -> dict[str, object]:
    """Returns the excess as the page shows it, and which of it no gateway holds."""
    found = excess.of(invoice)
    if found is None:
        return {"amount": ""}
    duplicates_found = [counted.payment for counted in found.payments if counted.is_duplicate]
    by_hand = [payment for payment in duplicates_found if not payment.gateway_payment_id]
    return {**excess_alert.shown(invoice, found), "by_hand": by_hand}
