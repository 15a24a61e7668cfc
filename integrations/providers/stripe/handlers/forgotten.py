"""What was made for rows of this environment that a restored backup does not have any more.

While a recovery runs it is brought here like anything that began at Stripe, because here nobody knows it.
"""

from billing.events import Kind
from billing.services.invoices import numbers
from integrations.provider_api import Inbound, Json
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.fields import read_id


def is_row(inbound: Inbound, stripe_object: Json, name: str) -> bool:
    """Whether the object names, under ``name``, a row of which nothing is here."""
    return inbound.is_recovering and bool(metadata.of(stripe_object).get(name))


def is_invoice(inbound: Inbound, stripe_invoice: Json) -> bool:
    """Whether it is such an invoice: it names no environment, but its customer is of this one."""
    customer = read_id(stripe_invoice, "customer")
    is_ours = inbound.entity_id_of(Kind.CUSTOMER, customer) is not None
    return is_ours and is_row(inbound, stripe_invoice, metadata.INVOICE_ID)


def skip_number(inbound: Inbound, stripe_invoice: Json) -> None:
    """Its number was given: no other invoice gets it."""
    if is_invoice(inbound, stripe_invoice):
        numbers.skip(inbound.environment_id, metadata.of(stripe_invoice).get(metadata.INVOICE_NUMBER, ""))
