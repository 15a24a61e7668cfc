"""What happens to Stripe's copy of an invoice that another connection collects changes nothing here."""

from functools import wraps

from billing.events import Kind
from billing.models import Invoice
from billing.services.find import find
from integrations.provider_api import Handler, Ignored, Inbound, Json
from integrations.providers.stripe.handlers.events import object_of
from integrations.providers.stripe.translate.fields import read_id

MIRROR = Ignored("Another connection collects this invoice: what happens to its copy here changes nothing.")


def is_mirror(inbound: Inbound, invoice: Invoice) -> bool:
    """Whether another connection collects the invoice."""
    return invoice.connection_id not in ("", inbound.connection_id)


def ignoring_mirrors(handler: Handler) -> Handler:
    """``handler`` for events of invoices and of what names one, unless another connection collects it."""

    @wraps(handler)
    def handle(inbound: Inbound, event: Json) -> Ignored | None:
        found = object_of(event)
        stripe_id = read_id(found, "invoice") or str(found.get("id") or "")
        invoice_id = inbound.entity_id_of(Kind.INVOICE, stripe_id)
        invoice = find(Invoice, inbound.environment_id, [invoice_id]).get(invoice_id) if invoice_id else None
        return MIRROR if invoice and is_mirror(inbound, invoice) else handler(inbound, event)

    return handle
