"""The doors of the money panel: refund a payment, charge an invoice's saved card, look after saved methods."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from billing import money
from billing.admin.links import out, row_url
from billing.errors import BillingError
from billing.models import Customer, Invoice, Payment
from billing.services.payments import refunds
from integrations.admin.money_forms import RefundForm
from integrations.admin.sync_views import SyncViews
from integrations.errors import SyncError
from integrations.models import Connection
from integrations.payments import charges, payment_methods
from integrations.payments import refunds as refunding

REFUSALS = (BillingError, SyncError)


class MoneyViews(SyncViews):
    """Each page shows first what it would do; posting it does it once, also when the button is pressed twice."""

    def get_urls(self) -> list[URLPattern]:
        """Adds the doors, for whoever may operate syncs."""
        doors = (
            ("refund", "refund/<str:row_id>/", self.refund_view),
            ("charge", "charge/<str:connection_id>/<str:row_id>/", self.charge_view),
            ("methods", "methods/<str:connection_id>/<str:row_id>/", self.methods_view),
        )
        own = [self._door(name, address, view) for name, address, view in doors]
        return [*own, *super().get_urls()]

    def _door(self, name: str, address: str, view: Callable[..., HttpResponse]) -> URLPattern:
        guarded = self.admin_site.admin_view(require_http_methods(["GET", "POST"])(view))
        return path(address, guarded, name=f"{self.opts.app_label}_{self.opts.model_name}_{name}")

    def refund_view(self, request: HttpRequest, row_id: str) -> HttpResponse:
        """Asks how much and why, then gives it back."""
        payment = self._row(request, Payment, row_id)
        form = RefundForm(payment, request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                refund = refunding.refund(
                    **form.asked(),
                    idempotency_key=request.POST.get("key", ""),
                    started_by=request.user.get_username(),
                    now=timezone.now(),
                )
            except REFUSALS as refusal:
                form.add_error(None, str(refusal))
            else:
                self._tell(request, refund.status, f"Refund of {refund}. {refund.failure_reason}")
                return redirect(row_url(payment))
        context = {"form": form, "payment": payment, "at_gateway": refunds.at_gateway(payment)}
        return self._page(request, "refund", "Refund a payment", payment, context)

    def charge_view(self, request: HttpRequest, connection_id: str, row_id: str) -> HttpResponse:
        """Shows the calls, then charges the customer's default payment method."""
        invoice = self._row(request, Invoice, row_id)
        connection = _connection(connection_id, invoice)
        refusal, calls, asked = "", [], {"invoice_id": invoice.pk, "now": timezone.now()}
        try:
            if request.method == "POST":
                payment = charges.charge(
                    connection,
                    idempotency_key=request.POST.get("key", ""),
                    started_by=request.user.get_username(),
                    **asked,
                )
                link = out(payment.checkout_url, "The customer can pay here") if payment.checkout_url else ""
                said = format_html("Charge of {}. {} {}", payment, payment.failure_message, link)
                self._tell(request, payment.status, said)
                return redirect(row_url(payment))
            calls = charges.plan(connection, **asked)
        except REFUSALS as error:
            refusal = str(error)
        context = {"invoice": invoice, "connection": connection, "calls": calls, "refusal": refusal}
        context["charges"] = any(call.step == "charge" and not call.skipped for call in calls)
        context["due"] = money.text(invoice.amount_remaining, invoice.currency)
        return self._page(request, "charge", "Charge the saved card", invoice, context)

    def methods_view(self, request: HttpRequest, connection_id: str, row_id: str) -> HttpResponse:
        """Fetches the customer's saved methods; chooses, removes, or leads to the provider's portal."""
        customer = self._row(request, Customer, row_id)
        connection = _connection(connection_id, customer)
        refusal, methods = "", []
        try:
            if request.method == "POST":
                return self._look_after(request, connection, customer)
            payment_methods.known(connection, customer)
            methods = list(payment_methods.methods(connection, customer.pk))
        except REFUSALS as error:
            refusal = str(error)
        context = {"customer": customer, "connection": connection, "methods": methods, "refusal": refusal}
        return self._page(request, "methods", "Saved payment methods", customer, context)

    def _look_after(self, request: HttpRequest, connection: Connection, customer: Customer) -> HttpResponse:
        method = request.POST.get("method", "")
        wish = request.POST.get("wish", "")
        if wish == "portal":
            back = request.build_absolute_uri(row_url(customer))
            return HttpResponseRedirect(payment_methods.portal(connection, customer.pk, return_url=back))
        if wish == "default":
            payment_methods.choose_default(connection, customer.pk, method)
            messages.success(request, f"{method} is the default now.")
        elif wish == "remove":
            payment_methods.remove(connection, customer.pk, method)
            messages.success(request, f"{method} is removed.")
        return redirect(request.path)

    def _row(self, request: HttpRequest, model: Any, row_id: str) -> Any:
        if not self.has_operate_permission(request):
            raise PermissionDenied
        return get_object_or_404(model, pk=row_id)

    def _tell(self, request: HttpRequest, status: str, said: str) -> None:
        level = messages.SUCCESS if status in ("succeeded", "pending") else messages.WARNING
        messages.add_message(request, level, said)

    def _page(
        self, request: HttpRequest, name: str, title: str, row: Model, context: dict[str, Any]
    ) -> HttpResponse:
        known = {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        # Whoever presses the button twice, or sends the form again, has asked once.
        key = request.POST.get("key") or f"admin-{uuid4().hex}"
        page = {**known, **context, "key": key, "row_url": row_url(row)}
        return TemplateResponse(request, f"admin/integrations/{name}.html", page)


def _connection(connection_id: str, row: Any) -> Connection:
    return get_object_or_404(Connection, pk=connection_id, environment_id=row.environment_id)
