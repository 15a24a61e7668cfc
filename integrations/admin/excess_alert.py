"""What stands above an invoice for which too much was paid: how much, by which payments, and the way out."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from billing import money
from billing.admin import rights
from billing.admin.columns import in_words
from billing.admin.links import row_url
from billing.events import Kind
from billing.models import Invoice, Payment
from billing.models.invoices import PaymentStatus
from billing.models.payments import RECEIVED
from billing.services.payments import excess
from billing.services.payments.excess import Excess
from integrations.admin import row_at_connections, settling_payments
from integrations.models import Connection


def excess_alert(request: HttpRequest, kind: Kind, row: Any) -> str:
    """Returns the alert's HTML, "" where nothing is in excess. Calls no provider."""
    if kind != Kind.INVOICE or row.payment_status != PaymentStatus.OVERPAID:
        return ""
    found = excess.of(row, [one for one in settling_payments.of(row) if one.status in RECEIVED])
    if found is None:
        return ""
    context = shown(row, found)
    if request.user.has_perm(rights.REFUND) and context["left"]:
        context["refund_url"] = reverse("admin:integrations_outboundsync_refund_duplicate", args=[row.pk])
    return render_to_string("admin/integrations/excess_alert.html", context, request)


def shown(invoice: Invoice, found: Excess) -> dict[str, Any]:
    """Returns the excess as pages show it; ``left``: how much is not being refunded yet (major units)."""
    connections = row_at_connections.of(Kind.INVOICE, invoice).known_connections
    pending = money.with_currency(found.refund_pending, invoice.currency) if found.refund_pending else ""
    return {
        "amount": money.with_currency(found.amount, invoice.currency),
        "pending": pending,
        "left": found.amount - found.refund_pending,
        "counted": [
            {
                "payment": counted.payment,
                "url": row_url(counted.payment),
                "amount": money.with_currency(counted.payment.amount, invoice.currency),
                "came": came(counted.payment, connections.get(counted.payment.connection_id)),
                "too_much": money.with_currency(counted.excess, invoice.currency)
                if counted.is_duplicate
                else "",
            }
            for counted in found.payments
        ],
    }


def came(payment: Payment, connection: Connection | None) -> str:
    """Returns by which means the payment came, and through which connection."""
    means = in_words(payment.method or payment.gateway) or "Recorded by hand"
    return f"{means} through {connection}" if connection else means
