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
from billing.services.payments import excess
from billing.services.payments.excess import Excess
from integrations.models import Connection


def excess_alert(request: HttpRequest, kind: Kind, entity_id: str) -> str:
    """Returns the alert's HTML, "" where nothing is in excess. Calls no provider."""
    overpaid = Invoice.objects.filter(pk=entity_id, payment_status=PaymentStatus.OVERPAID)
    invoice = overpaid.first() if kind == Kind.INVOICE else None
    found = excess.of(invoice) if invoice else None
    if invoice is None or found is None:
        return ""
    context = shown(invoice, found)
    if request.user.has_perm(rights.REFUND) and context["left"]:
        context["refund_url"] = reverse("admin:integrations_outboundsync_refund_duplicate", args=[entity_id])
    return render_to_string("admin/integrations/excess_alert.html", context, request)


def shown(invoice: Invoice, found: Excess) -> dict[str, Any]:
    """Returns the excess as pages show it; ``left``: how much is not being refunded yet (major units)."""
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
                "came": came(counted.payment),
                "too_much": money.with_currency(counted.excess, invoice.currency)
                if counted.is_duplicate
                else "",
            }
            for counted in found.payments
        ],
    }


def came(payment: Payment) -> str:
    """Returns by which means the payment came, and through which connection."""
    means = in_words(payment.method or payment.gateway) or "Recorded by hand"
    connection = Connection.objects.filter(pk=payment.connection_id).first()
    return f"{means} through {connection}" if connection else means
