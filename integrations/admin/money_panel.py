"""The panel under payments, invoices and customers: refunds, and buttons to refund or charge."""

from collections.abc import Callable
from typing import Any

from django.db.models import prefetch_related_objects
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
from integrations.admin import row_at_connections, settling_payments
from integrations.connections.collectors import takes_invoices
from integrations.models import Connection
from integrations.provider_api import registry

Button = tuple[str, str, str, str]  # text, icon, address, the right that it needs


def money_panel(request: HttpRequest, kind: Kind, row: Any) -> str:
    """Returns the panel's HTML, "" where there is nothing to show. Calls no provider."""
    if kind == Kind.PAYMENT:
        prefetch_related_objects([row], "refunds")
    buttons = _BUTTONS[kind](row) if kind in _BUTTONS else []
    shown = row.refunds.all() if kind == Kind.PAYMENT else []
    buttons = [button for button in buttons if request.user.has_perm(button[-1])]
    if not buttons and not shown:
        return ""
    context = {"buttons": buttons, "refunds": shown}
    return render_to_string("admin/integrations/money_panel.html", context, request)


def _of_payment(payment: Payment) -> list[Button]:
    if payment.status not in RECEIVED:
        return []
    siblings = settling_payments.of(payment.invoice) if payment.invoice else None
    if not refundable.refundable(payment, siblings):
        return []
    return [("Refund", "undo", _address("refund", payment.pk), rights.REFUND)]


def _of_invoice(invoice: Invoice) -> list[Button]:
    buttons = _who_collects(Kind.INVOICE, invoice) if _may_move(invoice) else []
    if invoice.status in credit_notes.CREDITABLE:
        buttons.append(
            ("Record a payment", "payments", _address("record_payment", invoice.pk), rights.RECORD)
        )
        if credit_note_split.split(invoice, ZERO, settling_payments.of(invoice)).most:
            buttons.append(
                ("Issue a credit note", "request_quote", _address("credit", invoice.pk), rights.CREDIT)
            )
    if invoice.status != InvoiceStatus.FINALIZED or not invoice.amount_remaining:
        return buttons
    return buttons + [
        (
            f"Charge through {connection}",
            "credit_card",
            _address("charge", connection.pk, invoice.pk),
            rights.CHARGE,
        )
        for connection in _connections(Kind.INVOICE, invoice)
        if registry.provider(connection.provider).payments.charges_saved_methods
        and invoice.connection_id in ("", connection.pk)
    ]


def _of_customer(customer: Customer) -> list[Button]:
    return [*_new_invoice(customer), *_who_collects(Kind.CUSTOMER, customer)] + [
        (
            f"Payment methods at {connection}",
            "credit_card",
            _address("methods", connection.pk, customer.pk),
            rights.CHARGE,
        )
        for connection in _connections(Kind.CUSTOMER, customer)
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
    known = row_at_connections.of(kind, row).connections
    connections = {connection.pk: connection for connection in known if takes_invoices(connection)}
    if len(connections) < 2:
        return []
    named = connections.get(row.connection_id)
    text = f"Change who collects ({named})" if named else "Choose who collects"
    return [(text, "alt_route", _address("collector", kind, row.pk), rights.CHARGE)]


_BUTTONS: dict[Kind, Callable[[Any], list[Button]]] = {
    Kind.PAYMENT: _of_payment,
    Kind.INVOICE: _of_invoice,
    Kind.CUSTOMER: _of_customer,
}


def _connections(kind: Kind, row: Invoice | Customer) -> list[Connection]:
    known, installed = row_at_connections.of(kind, row), registry.providers()
    return [connection for connection in known.connections if connection.provider in installed]


def _address(page: str, *ids: str) -> str:
    return reverse(f"admin:integrations_outboundsync_{page}", args=ids)
