"""The panel under payments, invoices and customers: refunds, and buttons to refund or charge."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode

from billing.admin import rights
from billing.events import Kind
from billing.facts import ZERO
from billing.models import Customer, Invoice, Payment
from billing.models.base import Status
from billing.models.invoices import InvoiceStatus
from billing.models.payments import RECEIVED
from billing.services.invoices import credit_note_split, credit_notes
from billing.services.payments import refundable
from integrations.connections.collectors import taking_invoices
from integrations.models import Connection
from integrations.models.connections import ConnectionStatus
from integrations.provider_api import registry

Button = tuple[str, str, str, str]  # text, icon, address, the right that it needs


def money_panel(request: HttpRequest, kind: Kind, entity_id: str) -> str:
    """Returns the panel's HTML, "" where there is nothing to show. Calls no provider."""
    buttons = _BUTTONS[kind](entity_id) if kind in _BUTTONS else []
    shown = Payment.objects.get(pk=entity_id).refunds.all() if kind == Kind.PAYMENT else []
    buttons = [button for button in buttons if request.user.has_perm(button[-1])]
    if not buttons and not shown:
        return ""
    context = {"buttons": buttons, "refunds": shown}
    return render_to_string("admin/integrations/money_panel.html", context, request)


def _of_payment(payment_id: str) -> list[Button]:
    payment = Payment.objects.get(pk=payment_id)
    if payment.status not in RECEIVED or not refundable.refundable(payment):
        return []
    return [("Refund", "undo", _address("refund", payment_id), rights.REFUND)]


def _of_invoice(invoice_id: str) -> list[Button]:
    invoice = Invoice.objects.get(pk=invoice_id)
    buttons = _who_collects(Kind.INVOICE, invoice) if _may_move(invoice) else []
    if invoice.status in credit_notes.CREDITABLE:
        buttons.append(
            ("Record a payment", "payments", _address("record_payment", invoice_id), rights.RECORD)
        )
        if credit_note_split.split(invoice, ZERO).most:
            buttons.append(
                ("Issue a credit note", "request_quote", _address("credit", invoice_id), rights.CREDIT)
            )
    if invoice.status != InvoiceStatus.FINALIZED or not invoice.amount_remaining:
        return buttons
    return buttons + [
        (
            f"Charge through {connection}",
            "credit_card",
            _address("charge", connection.pk, invoice_id),
            rights.CHARGE,
        )
        for connection in _connections(invoice.environment_id)
        if registry.provider(connection.provider).payments.charges_saved_methods
        and invoice.connection_id in ("", connection.pk)
    ]


def _of_customer(customer_id: str) -> list[Button]:
    customer = Customer.objects.get(pk=customer_id)
    return [*_new_invoice(customer), *_who_collects(Kind.CUSTOMER, customer)] + [
        (
            f"Payment methods at {connection}",
            "credit_card",
            _address("methods", connection.pk, customer_id),
            rights.CHARGE,
        )
        for connection in _connections(customer.environment_id)
        if registry.provider(connection.provider).payment_methods
    ]


def _new_invoice(customer: Customer) -> list[Button]:
    if customer.status != Status.ACTIVE:
        return []
    given = urlencode({"customer": customer.pk, "currency": customer.currency})
    address = f"{reverse('admin:billing_invoice_add')}?{given}"
    return [("Make an invoice", "note_add", address, rights.INVOICE)]


def _may_move(invoice: Invoice) -> bool:
    has_ended = invoice.status in (InvoiceStatus.VOIDED, InvoiceStatus.UNCOLLECTIBLE)
    is_paid = invoice.status == InvoiceStatus.FINALIZED and not invoice.amount_remaining
    return not (has_ended or is_paid or invoice.is_external)


def _who_collects(kind: Kind, row: Invoice | Customer) -> list[Button]:
    """Where there is a choice: who collects, and the page that changes it."""
    connections = {connection.pk: connection for connection in taking_invoices(row.environment_id)}
    if len(connections) < 2:
        return []
    named = connections.get(row.connection_id)
    text = f"Change who collects ({named})" if named else "Choose who collects"
    return [(text, "alt_route", _address("collector", kind, row.pk), rights.CHARGE)]


_BUTTONS = {Kind.PAYMENT: _of_payment, Kind.INVOICE: _of_invoice, Kind.CUSTOMER: _of_customer}


def _connections(environment_id: str) -> list[Connection]:
    found = Connection.objects.filter(environment_id=environment_id, provider__in=registry.providers())
    return list(found.exclude(status=ConnectionStatus.ARCHIVED))


def _address(page: str, *ids: str) -> str:
    return reverse(f"admin:integrations_outboundsync_{page}", args=ids)
