"""The page on which an operator chooses who collects an invoice, or all of a customer's."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from unfold.widgets import UnfoldAdminSelectWidget

from billing.admin import rights
from billing.admin.links import row_url
from billing.events import Kind
from billing.models import Customer, Invoice
from billing.services.customers import customers
from billing.services.invoices import endings
from integrations.admin.credit_views import CreditViews
from integrations.admin.money_views import REFUSALS
from integrations.connections.collectors import taking_invoices


class CollectorForm(forms.Form):
    """One of the connections that take invoices."""

    def __init__(self, row: Invoice | Customer, data: Any = None) -> None:
        super().__init__(data, initial={"connection_id": row.connection_id})
        named = [(one.pk, str(one)) for one in taking_invoices(row.environment_id)]
        self.fields["connection_id"] = forms.ChoiceField(
            choices=[("", "The one that the connections' options choose"), *named],
            required=False,
            label="Collected through",
            widget=UnfoldAdminSelectWidget,
        )


class CollectorViews(CreditViews):
    """Moving an invoice closes what is open at the first connection before the second one asks for it."""

    def get_urls(self) -> list[URLPattern]:
        """Adds the page, with the right that it needs."""
        return [
            self._path("collector", "collector/<str:kind>/<str:row_id>/", self.collector_view, rights.CHARGE),
            *super().get_urls(),
        ]

    def collector_view(self, request: HttpRequest, kind: str, row_id: str) -> HttpResponse:
        """Shows who collects, and changes it."""
        row = self._row(Customer if kind == Kind.CUSTOMER else Invoice, row_id)
        form = CollectorForm(row, request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                _change(row, form.cleaned_data["connection_id"])
            except REFUSALS as refusal:
                form.add_error(None, getattr(refusal, "message", str(refusal)))
            else:
                messages.success(request, "Saved. What is open elsewhere is being closed first.")
                return redirect(row_url(row))
        context = {"form": form, "row": row, "is_invoice": isinstance(row, Invoice)}
        return self._page(request, "collector", "Who collects it", row, context)


def _change(row: Invoice | Customer, connection_id: str) -> None:
    changes = {"connection_id": connection_id}
    if isinstance(row, Customer):
        customers.update(environment_id=row.environment_id, customer_id=row.pk, changes=changes)
    else:
        endings.update(environment_id=row.environment_id, invoice_id=row.pk, changes=changes)
