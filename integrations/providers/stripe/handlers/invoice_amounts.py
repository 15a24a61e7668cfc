"""Brings what took an invoice's total to its amount due at Stripe here: credit notes and the balance."""

from billing.events import Kind
from billing.models import Invoice
from billing.services.customers.balances import has_movements_of
from billing.services.find import find
from billing.services.invoices import owed
from integrations.provider_api import Inbound, Json
from integrations.providers.stripe.handlers import balances, credit_notes
from integrations.providers.stripe.translate import invoice_amounts as translate
from integrations.providers.stripe.translate.fields import read_id, read_whole


def apply(inbound: Inbound, invoice_id: str, stripe_invoice: Json) -> bool:
    """Sets ``credited`` and ``balance_applied`` of an invoice that was sent to Stripe, or made there.

    For an event, and for any other answer that shows the invoice. Returns whether something changed. Where
    credit notes are missing here, and where the balance's movement is, they are looked up.
    """
    invoice = _found(inbound, invoice_id)
    amounts = _news(inbound, invoice, stripe_invoice)
    if amounts is not None and inbound.may_precede_look(Kind.INVOICE, stripe_invoice["id"]):
        stripe_invoice = inbound.look_up("invoices.retrieve", stripe_invoice["id"], {})
        amounts = _news(inbound, invoice, stripe_invoice)
    if amounts is None:
        return False
    if owed.credited_at(invoice_id, inbound.connection_id) != amounts.credited:
        credit_notes.read_all(inbound, invoice_id, stripe_invoice["id"])
    owed.recount(
        environment_id=inbound.environment_id,
        invoice_id=invoice_id,
        balance_applied=amounts.balance_applied,
        origin=inbound.connection_id,
    )
    _read_balance(inbound, invoice, stripe_invoice)
    return True


def _news(inbound: Inbound, invoice: Invoice, stripe_invoice: Json) -> translate.InvoiceAmounts | None:
    """The amounts that it shows, None where it shows none or they are those that are known of it.

    Credit notes that Stripe does not have yet are none of its own, even if they are over the same amount.
    """
    amounts = translate.of(stripe_invoice)
    credited = owed.credited_at(invoice.pk, inbound.connection_id) if invoice.credited else invoice.credited
    known = (credited, invoice.balance_applied)
    return None if amounts is None or known == (amounts.credited, amounts.balance_applied) else amounts


def _read_balance(inbound: Inbound, invoice: Invoice, stripe_invoice: Json) -> None:
    """Reads the customer's balance where the invoice moved it, and that movement is not here."""
    moved = read_whole(stripe_invoice, "ending_balance", 0) != read_whole(
        stripe_invoice, "starting_balance", 0
    )
    stripe_customer_id = read_id(stripe_invoice, "customer")
    is_here = inbound.entity_id_of(Kind.CUSTOMER, stripe_customer_id) == invoice.customer_id
    if moved and is_here and not has_movements_of(invoice.pk, inbound.connection_id):
        balances.read(inbound, invoice.customer_id, stripe_customer_id)


def _found(inbound: Inbound, invoice_id: str) -> Invoice:
    return find(Invoice, inbound.environment_id, [invoice_id])[invoice_id]
