"""The pages behind the money panel's buttons: refund a payment, charge an invoice, manage saved methods."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from billing import money
from billing.admin import confirmations, rights
from billing.admin.links import row_url
from billing.errors import BillingError
from billing.models import Customer, Invoice, Payment
from billing.services.payments import refunds as billing_refunds
from integrations.admin import both_sides, money_messages, provider_links, sync_steps
from integrations.admin.money_forms import RefundForm
from integrations.admin.sync_views import SyncViews
from integrations.errors import SyncError
from integrations.models import Connection
from integrations.outbox import taking
from integrations.payments import charges, payment_methods, refunds

REFUSALS = (BillingError, SyncError)


class MoneyViews(SyncViews):
    """Each page first shows what it would do. Posting it twice does it once."""

    def get_urls(self) -> list[URLPattern]:
        """Adds the pages, each with the right that it needs."""
        pages = (
            ("refund", "refund/<str:row_id>/", self.refund_view, rights.REFUND),
            ("charge", "charge/<str:connection_id>/<str:row_id>/", self.charge_view, rights.CHARGE),
            ("methods", "methods/<str:connection_id>/<str:row_id>/", self.methods_view, rights.CHARGE),
        )
        own = [self._path(*page) for page in pages]
        return [*own, *super().get_urls()]

    def _path(self, name: str, address: str, view: Callable[..., HttpResponse], right: str) -> URLPattern:
        allowed = permission_required(right, raise_exception=True)(view)
        guarded = self.admin_site.admin_view(require_http_methods(["GET", "POST"])(allowed))
        return path(address, guarded, name=f"{self.opts.app_label}_{self.opts.model_name}_{name}")

    def refund_view(self, request: HttpRequest, row_id: str) -> HttpResponse:
        """Asks for amount and reason, then whether that is meant, then refunds."""
        payment = self._row(Payment, row_id)
        form = RefundForm(payment, request.POST or None)
        is_complete = request.method == "POST" and form.is_valid()
        said = _said_of_refund(form) if is_complete else {}
        if (
            is_complete
            and request.POST.get("confirmed")
            and not self._differs(request, payment.refunds.all(), said)
        ):
            try:
                refund = refunds.refund(**form.arguments(), **self._once(request), now=timezone.now())
            except REFUSALS as refusal:
                form.add_error(None, str(refusal))
            else:
                return self._done(request, money_messages.of_refund(refund), payment)
        context = {"form": form, "payment": payment, "at_gateway": billing_refunds.at_gateway(payment)}
        context["gateway"] = provider_links.label(payment.gateway)
        context |= money_messages.before_refund(payment)
        if is_complete and form.is_valid() and form.wanted() <= form.left:
            context |= self._asked(request, said)
            context["wanted"] = money.text(form.wanted(), payment.currency)
            context["disputed"] = form.takes_disputed_money()
            context |= _sides_of_refund(form)
            return self._page(request, "refund_confirm", "Refund a payment", payment, context)
        if is_complete and form.wanted() > form.left:
            form.add_error("amount", f"Of this payment at most {context['left']} can be refunded.")
        return self._page(request, "refund", "Refund a payment", payment, context)

    def charge_view(self, request: HttpRequest, connection_id: str, row_id: str) -> HttpResponse:
        """Shows the calls, then charges the customer's default payment method."""
        invoice = self._row(Invoice, row_id)
        connection = _connection(connection_id, invoice)
        refusal, calls, arguments = "", [], {"invoice_id": invoice.pk, "now": timezone.now()}
        due = money.with_currency(invoice.amount_remaining, invoice.currency)
        said = {"due": due}
        try:
            if request.method == "POST" and not self._differs(request, invoice.payments.all(), said):
                arguments["amount"] = invoice.amount_remaining
                payment = charges.charge(connection, **self._once(request), **arguments)
                return self._done(request, money_messages.of_charge(payment), invoice)
            calls = charges.plan(connection, **arguments)
        except REFUSALS as error:
            refusal = str(error)
        shown = [sync_steps.worded(call) for call in calls]
        context = {"invoice": invoice, "connection": connection, "calls": shown, "refusal": refusal}
        context["can_charge"] = any(call.step == taking.STEP and not call.skipped for call in calls)
        context |= {"due": due, **self._asked(request, said)}
        return self._page(request, "charge", "Charge the default payment method", invoice, context)

    def methods_view(self, request: HttpRequest, connection_id: str, row_id: str) -> HttpResponse:
        """Fetches the customer's saved methods; sets the default, removes, or opens the provider's portal."""
        customer = self._row(Customer, row_id)
        connection = _connection(connection_id, customer)
        refusal, methods = "", []
        try:
            if request.method == "POST":
                return self._change_methods(request, connection, customer)
            payment_methods.provider_customer_id(connection, customer)
            methods = list(payment_methods.methods(connection, customer.pk))
        except REFUSALS as error:
            refusal = str(error)
        context = {"customer": customer, "connection": connection, "methods": methods, "refusal": refusal}
        return self._page(request, "methods", "Saved payment methods", customer, context)

    def _change_methods(
        self, request: HttpRequest, connection: Connection, customer: Customer
    ) -> HttpResponse:
        method, change = request.POST.get("method", ""), request.POST.get("change", "")
        if change == "portal":
            back = request.build_absolute_uri(row_url(customer))
            return HttpResponseRedirect(payment_methods.portal(connection, customer.pk, return_url=back))
        if change == "default":
            payment_methods.choose_default(connection, customer.pk, method)
            messages.success(request, f"{method} is now the default payment method.")
        elif change == "remove":
            payment_methods.remove(connection, customer.pk, method)
            messages.success(request, f"{method} was removed.")
        return redirect(request.path)

    def _row(self, model: Any, row_id: str) -> Any:
        return get_object_or_404(model, pk=row_id)

    def _once(self, request: HttpRequest) -> dict[str, Any]:
        """Returns who started it, and the form's key: the same form posted twice is done once."""
        return {
            "idempotency_key": request.POST.get("key", ""),
            "started_by": request.user.get_username(),
        }

    def _differs(self, request: HttpRequest, made: QuerySet[Any], said: Mapping[str, str]) -> bool:
        """Whether the page has said something else; not where the form's key is among what was ``made``, for
        then the answer is what its first sending has done.
        """
        if not confirmations.difference(request, said):
            return False
        key = request.POST.get("key", "")
        return not key or not made.filter(idempotency_key__startswith=key).exists()

    def _asked(self, request: HttpRequest, said: Mapping[str, str]) -> dict[str, str]:
        """What a page needs that asks: what it says, sealed, and what it has said before."""
        difference = confirmations.difference(request, said)
        return {"sealed": confirmations.seal(said), "difference": difference}

    def _done(self, request: HttpRequest, message: money_messages.Message, row: Model) -> HttpResponse:
        messages.add_message(request, message.level, message.text)
        return redirect(row_url(row))

    def _page(
        self, request: HttpRequest, name: str, title: str, row: Model, context: dict[str, Any]
    ) -> HttpResponse:
        site = {**self.admin_site.each_context(request), "opts": row._meta, "title": title}
        key = request.POST.get("key") or f"admin-{uuid4().hex}"
        page = {**site, **context, "key": key, "row_url": row_url(row)}
        return TemplateResponse(request, f"admin/integrations/{name}.html", page)


def _said_of_refund(form: RefundForm) -> dict[str, str]:
    """What is asked: how much of what, and what went back before."""
    before = money_messages.before_refund(form.payment)
    return {"refund": money.with_currency(form.wanted(), form.payment.currency), **before}


def _sides_of_refund(form: RefundForm) -> dict[str, Any]:
    """What it does here, and the calls; none where they cannot be told yet: pressing the button says why."""
    arguments = {**form.arguments(), "even_if_disputed": True}
    try:
        calls = refunds.plan(**arguments, now=timezone.now())
    except REFUSALS:
        calls = []
    effects = both_sides.of_refund(form.payment, form.wanted(), form.left)
    return both_sides.context("" if arguments["out_of_band"] else form.payment.gateway, effects, calls)


def _connection(connection_id: str, row: Any) -> Connection:
    return get_object_or_404(Connection, pk=connection_id, environment_id=row.environment_id)
