"""The page behind an invoice's button for credit notes: what it would do, and then the credit note."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import timezone

from billing.admin import rights
from billing.models import Invoice
from integrations.admin import both_sides, money_messages
from integrations.admin.credit_form import CreditNoteForm
from integrations.admin.excess_views import ExcessViews
from integrations.admin.money_views import REFUSALS
from integrations.payments import credit_notes


class CreditViews(ExcessViews):
    """First shows what the credit note would do. Posting it twice issues one."""

    def get_urls(self) -> list[URLPattern]:
        """Adds the page, with the right that it needs."""
        return [
            self._path("credit", "credit/<str:row_id>/", self.credit_view, rights.CREDIT),
            *super().get_urls(),
        ]

    def credit_view(self, request: HttpRequest, row_id: str) -> HttpResponse:
        """Asks for the amount, shows the effects, then issues the credit note."""
        invoice: Invoice = self._row(Invoice, row_id)
        form = CreditNoteForm(invoice, request.POST or None)
        context: dict[str, Any] = {"form": form, "invoice": invoice, "effects": []}
        if request.method == "POST" and form.is_valid():
            place = {"environment_id": invoice.environment_id, "invoice_id": invoice.pk}
            place |= {"request": form.request(), "now": timezone.now()}
            try:
                said = form.said()
                if "issue" in request.POST and not self._differs(request, invoice.credit_notes.all(), said):
                    note = credit_notes.issue(**place, **self._once(request))
                    return self._done(request, money_messages.of_credit_note(note), invoice)
                connection = credit_notes.connection_of(invoice.environment_id, invoice.pk)
                calls = credit_notes.plan(**place)
                context |= both_sides.context(connection.provider if connection else "", [], calls)
                context |= {"effects": form.effects(), "wanted": form.wanted()}
                context |= self._asked(request, said)
            except REFUSALS as refusal:
                form.refuse(refusal)
        return self._page(request, "credit", "Issue a credit note", invoice, context)
