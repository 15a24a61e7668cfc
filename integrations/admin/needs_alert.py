"""What stands above an invoice that was not collected, and above what is disputed: why, and the way out."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.formats import localize
from django.utils.timezone import localtime

from billing import money
from billing.admin.columns import in_words
from billing.events import Kind
from billing.models import Invoice, Payment
from billing.models.invoices import PaymentStatus
from integrations.admin import provider_links, row_at_connections, settling_payments
from integrations.models import Connection
from integrations.triage import open_rows
from integrations.triage.kinds import BY_CODE

_OF_STATUS = {
    PaymentStatus.FAILED: (BY_CODE["collection_failed"], "could not be collected"),
    PaymentStatus.REQUIRES_ACTION: (BY_CODE["authentication_needed"], "wait for the customer"),
}


def needs_alert(request: HttpRequest, kind: Kind, row: Any) -> str:
    """Returns the alert's HTML, "" where nothing is to be done. Calls no provider."""
    found: list[dict[str, Any]] = []
    if kind in (Kind.INVOICE, Kind.PAYMENT):
        payments = settling_payments.of(row) if kind == Kind.INVOICE else [row]
        connections = row_at_connections.of(kind, row).known_connections
        found = [*(_of_invoice(row) if kind == Kind.INVOICE else ()), *_of_disputes(payments, connections)]
    return render_to_string("admin/integrations/needs_alert.html", {"needs": found}) if found else ""


def _of_invoice(invoice: Invoice) -> Iterator[dict[str, Any]]:
    """What keeps its money from coming, with the page on which the customer pays."""
    if open_rows.is_collected(invoice, *_OF_STATUS):
        problem, happened = _OF_STATUS[PaymentStatus(invoice.payment_status)]
        yield {
            "title": f"{money.with_currency(invoice.amount_remaining, invoice.currency)} {happened}",
            "why": invoice.failure_message,
            "remedy": problem.remedy,
            "url": invoice.hosted_invoice_url,
            "label": "Payment page",
        }


def _of_disputes(
    payments: Iterable[Payment], connections: Mapping[str, Connection]
) -> Iterator[dict[str, Any]]:
    """The disputes that wait for an answer, with the page on which it is given."""
    disputes = (dispute for payment in payments for dispute in payment.disputes.all())
    waiting = [dispute for dispute in disputes if dispute.status in open_rows.DISPUTED]
    for dispute in sorted(waiting, key=lambda one: (one.created_at, one.pk)):
        until = f", to be answered by {localize(localtime(dispute.respond_by))}" if dispute.respond_by else ""
        yield {
            "title": f"{money.with_currency(dispute.amount, dispute.currency)} disputed{until}",
            "why": f"{in_words(dispute.reason)} ({dispute.gateway_dispute_id}).",
            "remedy": BY_CODE["dispute"].remedy,
            "url": _where(dispute.payment, connections.get(dispute.payment.connection_id)),
            "label": "Answer at the provider",
        }


def _where(payment: Payment, connection: Connection | None) -> str:
    return provider_links.url(connection, Kind.PAYMENT, payment.gateway_payment_id) if connection else ""
