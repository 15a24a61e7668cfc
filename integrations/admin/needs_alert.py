"""What stands above an invoice that was not collected, and above what is disputed: why, and the way out."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.formats import localize
from django.utils.timezone import localtime

from billing import money
from billing.admin.columns import in_words
from billing.events import Kind
from billing.models import Dispute
from billing.models.invoices import PaymentStatus
from integrations.admin import provider_links
from integrations.models import Connection
from integrations.triage import open_rows
from integrations.triage.kinds import BY_CODE

_OF_STATUS = {
    PaymentStatus.FAILED: (BY_CODE["collection_failed"], "could not be collected"),
    PaymentStatus.REQUIRES_ACTION: (BY_CODE["authentication_needed"], "wait for the customer"),
}


def needs_alert(request: HttpRequest, kind: Kind, entity_id: str) -> str:
    """Returns the alert's HTML, "" where nothing is to be done. Calls no provider."""
    found: list[dict[str, Any]] = []
    if kind == Kind.INVOICE:
        found = [*_of_invoice(entity_id), *_of_disputes(payment__invoice_id=entity_id)]
    elif kind == Kind.PAYMENT:
        found = list(_of_disputes(payment_id=entity_id))
    return render_to_string("admin/integrations/needs_alert.html", {"needs": found}) if found else ""


def _of_invoice(invoice_id: str) -> Iterator[dict[str, Any]]:
    """What keeps its money from coming, with the page on which the customer pays."""
    for invoice in open_rows.collected(*_OF_STATUS)().filter(pk=invoice_id):
        problem, happened = _OF_STATUS[PaymentStatus(invoice.payment_status)]
        yield {
            "title": f"{money.with_currency(invoice.amount_remaining, invoice.currency)} {happened}",
            "why": invoice.failure_message,
            "remedy": problem.remedy,
            "url": invoice.hosted_invoice_url,
            "label": "Payment page",
        }


def _of_disputes(**of: str) -> Iterator[dict[str, Any]]:
    """The disputes that wait for an answer, with the page on which it is given."""
    for dispute in open_rows.disputes().filter(**of).select_related("payment"):
        until = f", to be answered by {localize(localtime(dispute.respond_by))}" if dispute.respond_by else ""
        yield {
            "title": f"{money.with_currency(dispute.amount, dispute.currency)} disputed{until}",
            "why": f"{in_words(dispute.reason)} ({dispute.gateway_dispute_id}).",
            "remedy": BY_CODE["dispute"].remedy,
            "url": _where(dispute),
            "label": "Answer at the provider",
        }


def _where(dispute: Dispute) -> str:
    payment = dispute.payment
    connection = Connection.objects.filter(pk=payment.connection_id).first()
    return provider_links.url(connection, Kind.PAYMENT, payment.gateway_payment_id) if connection else ""
