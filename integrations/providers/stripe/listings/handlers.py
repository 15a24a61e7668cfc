"""How an object of a list is applied: as by its events and look-ups, in whatever state it is."""

from billing.events import Kind
from integrations.provider_api import Ignored, Inbound, Json
from integrations.providers.stripe.handlers import (
    customers,
    intent_invoices,
    invoice_looks,
    invoices,
    money,
    refunds,
    relinked_invoices,
    tax_ids,
)
from integrations.providers.stripe.handlers.events import object_of
from integrations.providers.stripe.listings import wanted
from integrations.providers.stripe.translate import payments
from integrations.providers.stripe.translate.fields import read_object

INVOICE_PAYMENT = "invoice_payment"


def customer(inbound: Inbound, event: Json) -> Ignored | None:
    """A customer with its ``tax_ids``, which the events of customers leave out."""
    ignored = customers.saved(inbound, event)
    if ignored is None:
        tax_ids.listed(inbound, object_of(event))
    return ignored


def invoice(inbound: Inbound, event: Json) -> Ignored | None:
    """An invoice with its ``payments``: one that is here follows it, another is brought here."""
    stripe_invoice = object_of(event)
    if inbound.entity_id_of(Kind.INVOICE, stripe_invoice["id"]) is None:
        if relinked_invoices.is_wanted(inbound, stripe_invoice):
            return relinked_invoices.link(inbound, stripe_invoice)
        return invoices.changed(inbound, event)
    invoice_looks.observed(inbound, stripe_invoice)
    return None


def payment(inbound: Inbound, event: Json) -> Ignored | None:
    """A PaymentIntent with its ``latest_charge``; or an InvoicePayment whose money came without an intent."""
    found = object_of(event)
    if INVOICE_PAYMENT in found:
        return money.apply(inbound, payments.of_invoice_payment(found[INVOICE_PAYMENT]))
    evidence = intent_invoices.with_invoice(inbound, found, payments.of_intent(found))
    is_here = inbound.entity_id_of(Kind.PAYMENT, found["id"]) is not None
    if not is_here and not wanted.has_money(evidence):
        return None
    return money.apply(inbound, evidence) or _refunded(inbound, found)


def _refunded(inbound: Inbound, intent: Json) -> Ignored | None:
    """What has gone back of it."""
    charge = read_object(intent, "latest_charge")
    if not charge.get("amount_refunded"):
        return None
    return refunds.charge_refunded(inbound, {"data": {"object": charge}})


def paying_intent(invoice_payment: Json) -> Json:
    """The PaymentIntent of an InvoicePayment, with its invoice; what names none keeps its source's id."""
    source = read_object(invoice_payment, "payment")
    intent = source.get("payment_intent")
    if isinstance(intent, dict):
        return {**intent, "invoice": invoice_payment["invoice"]}
    evidence = payments.of_invoice_payment(invoice_payment)
    return {"id": evidence.gateway_payment_id or invoice_payment["id"], INVOICE_PAYMENT: invoice_payment}


def of_no_invoice(intent: Json) -> Json:
    """A PaymentIntent, which need not be asked for its invoice: those of invoices are listed with them."""
    return {"invoice": None, **intent}
