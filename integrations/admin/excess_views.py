"""The pages behind an invoice's buttons: refund the duplicate, and record money that came elsewhere."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils import timezone

from billing.admin import rights
from billing.admin.links import row_url
from billing.models import Invoice, Payment
from billing.services.payments import excess, payments
from integrations.admin import excess_alert, money_messages
from integrations.admin.money_forms import RecordPaymentForm
from integrations.admin.money_views import REFUSALS, MoneyViews
from integrations.payments import duplicates


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
        """Asks how much came, how and when, then records it."""
        invoice = self._row(Invoice, row_id)
        form = RecordPaymentForm(invoice, request.POST or None)
        if request.method == "POST" and form.is_valid():
            key = request.POST.get("key", "")
            known = key and Payment.objects.filter(idempotency_key=key, invoice=invoice).exists()
            try:
                if not known:
                    payments.create(**form.arguments(), idempotency_key=key, now=timezone.now())
            except REFUSALS as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, "The payment is recorded.")
                return redirect(row_url(invoice))
        context = {"form": form, "invoice": invoice}
        return self._page(request, "record_payment", "Record a payment", invoice, context)


def _shown(invoice: Invoice) -> dict[str, object]:
    """Returns the excess as the page shows it, and which of it no gateway holds."""
    found = excess.of(invoice)
    if found is None:
        return {"amount": ""}
    duplicates_found = [counted.payment for counted in found.payments if counted.is_duplicate]
    by_hand = [payment for payment in duplicates_found if not payment.gateway_payment_id]
    return {**excess_alert.shown(invoice, found), "by_hand": by_hand}
