"""Movements of a customer's balance at Stripe (page "The Customer Balance Transaction object")."""

from billing.facts import BalanceTransactionFacts
from integrations.providers.stripe.translate.amounts import read_amount, read_currency
from integrations.providers.stripe.translate.fields import Json, read_instant, text_of


def facts_of(movement: Json, invoice_id: str | None, credit_note_id: str | None) -> BalanceTransactionFacts:
    """What Stripe's movement says; the ids are those of the rows here that it names."""
    currency = read_currency(movement)
    return BalanceTransactionFacts(
        gateway_transaction_id=str(movement["id"]),
        amount=read_amount(movement, "amount", currency),
        ending_balance=read_amount(movement, "ending_balance", currency),
        currency=currency,
        type=text_of(movement, "type"),
        happened_at=read_instant(movement, "created"),
        invoice_id=invoice_id,
        credit_note_id=credit_note_id,
        description=text_of(movement, "description"),
    )
