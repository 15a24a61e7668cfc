"""What Stripe keeps for a customer: it has no event of its own, and is read where it differs from here."""

from functools import partial

from billing.events import Kind
from billing.facts import BalanceTransactionFacts
from billing.models import Customer
from billing.services.customers import balances
from billing.services.find import find
from integrations.errors import Missing
from integrations.provider_api import Inbound, Json
from integrations.providers.stripe.handlers import pages
from integrations.providers.stripe.translate import balances as translate
from integrations.providers.stripe.translate.fields import read_id, read_whole, text_of
from integrations.providers.stripe.translate.money import from_minor, is_supported

GATEWAY = "stripe"


def compare(inbound: Inbound, customer_id: str, stripe_customer: Json) -> None:
    """Reads the movements where a customer's ``balance``, in its currency, is not the one known here."""
    minor = read_whole(stripe_customer, "balance", 0)
    currency = text_of(stripe_customer, "currency").upper()
    customer = find(Customer, inbound.environment_id, [customer_id])[customer_id]
    if not is_supported(currency) or not (minor or customer.balances):
        return
    known = balances.known(customer, inbound.connection_id, currency)
    if from_minor(minor, currency) != known:
        read(inbound, customer_id, stripe_customer["id"])


def read(inbound: Inbound, customer_id: str, stripe_customer_id: str) -> None:
    """Records the movements that are not here yet: Stripe lists the newest first.

    None of a customer that was deleted at Stripe since: nothing is owed to that one any more.
    """
    is_known = partial(balances.is_known, inbound.environment_id, GATEWAY)
    operation = "customers.balance_transactions.list"
    try:
        movements = pages.read(inbound, operation, stripe_customer_id, ends_at=is_known)
    except Missing:
        return
    # In a batch of many events, this one is left for the next round where another worker has the customer.
    inbound.lock(stripe_customer_id)
    balances.record(
        environment_id=inbound.environment_id,
        customer_id=customer_id,
        connection_id=inbound.connection_id,
        gateway=GATEWAY,
        movements=[_facts(inbound, one) for one in reversed(movements)],
    )


def _facts(inbound: Inbound, movement: Json) -> BalanceTransactionFacts:
    return translate.facts_of(
        movement,
        inbound.entity_id_of(Kind.INVOICE, read_id(movement, "invoice")),
        inbound.entity_id_of(Kind.CREDIT_NOTE, read_id(movement, "credit_note")),
    )
