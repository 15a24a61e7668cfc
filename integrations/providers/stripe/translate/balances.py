"""Movements of a customer's balance at Stripe (page "The Customer Balance Transaction object")."""

from billing.facts import BalanceTransactionFacts
from integrations.providers.stripe.translate.fields import Json, instant_of, text_of
from integrations.providers.stripe.translate.money import from_minor


def facts_of(movement: Json, invoice_id: str | None, credit_note_id: str | None) -> BalanceTransactionFacts:
    """What Stripe's movement says; the ids are those of the rows here that it names."""
    currency = str(movement["currency"])
    return BalanceTransactionFacts(
        gateway_transaction_id=str(movement["id"]),
        amount=from_minor(int(movement["amount"]), currency),
        ending_balance=from_minor(int(movement["ending_balance"]), currency),
        currency=currency.upper(),
        type=text_of(movement, "type", 60),
        happened_at=instant_of(movement["created"]),
        invoice_id=invoice_id,
        credit_note_id=credit_note_id,
        description=text_of(movement, "description", 500),
    )
