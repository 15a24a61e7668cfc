"""What gateways keep for a customer: credit or debt that the next invoice there takes off or adds."""

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import QuerySet

from billing import money
from billing.facts import ZERO, BalanceTransactionFacts
from billing.models import BalanceTransaction, Customer
from billing.persistence import rows
from billing.persistence.unit_of_work import atomic


def known(customer: Customer, connection_id: str, currency: str) -> Decimal:
    """The balance at that connection (major units): negative for credit, positive for debt."""
    return Decimal(customer.balances.get(connection_id, {}).get(currency, ZERO))


def is_known(environment_id: str, gateway: str, transaction_id: str) -> bool:
    """Whether the movement is here."""
    return BalanceTransaction.objects.filter(
        environment_id=environment_id, gateway=gateway, gateway_transaction_id=transaction_id
    ).exists()


def has_movements_of(invoice_id: str, connection_id: str) -> bool:
    """Whether a movement that the invoice caused at that connection is here."""
    return BalanceTransaction.objects.filter(invoice_id=invoice_id, connection_id=connection_id).exists()


@atomic
def record(
    *,
    environment_id: str,
    customer_id: str,
    connection_id: str,
    gateway: str,
    movements: Sequence[BalanceTransactionFacts],
) -> Customer:
    """The customer, with the ``movements`` that a gateway reports, oldest first, without those known here.

    Announces nothing: no other gateway has this balance. Raises NotFound.
    """
    customer = rows.locked(Customer, environment_id, customer_id)
    stored = BalanceTransaction.objects.filter(customer_id=customer.pk, connection_id=connection_id)
    ids = set(stored.values_list("gateway_transaction_id", flat=True))
    for movement in movements:
        _connect(stored, movement)
    new = [one for one in movements if one.gateway_transaction_id not in ids]
    made = [
        BalanceTransaction(
            environment_id=environment_id,
            customer_id=customer.pk,
            connection_id=connection_id,
            gateway=gateway,
            position=len(ids) + number,
            **rows.values(movement),
        )
        for number, movement in enumerate(new)
    ]
    for one in made:
        rows.check(one)
        one.save(force_insert=True)
    if new:
        _remember(customer, connection_id, new)
    return customer


@atomic
def forget(*, environment_id: str, customer_id: str, connection_id: str) -> Customer:
    """The customer, for whom that connection's gateway keeps nothing any more; the movements stay."""
    customer = rows.locked(Customer, environment_id, customer_id)
    left = {name: kept for name, kept in customer.balances.items() if name != connection_id}
    rows.store(customer, rows.change(customer, {"balances": left}, allowed=frozenset({"balances"})))
    return customer


def _connect(stored: QuerySet[BalanceTransaction], movement: BalanceTransactionFacts) -> None:
    """Names the invoice and the credit note of a movement that was here before them."""
    known = stored.filter(gateway_transaction_id=movement.gateway_transaction_id)
    for name in ("invoice_id", "credit_note_id"):
        if named := getattr(movement, name):
            known.filter(**{name: None}).update(**{name: named})


def _remember(customer: Customer, connection_id: str, movements: Sequence[BalanceTransactionFacts]) -> None:
    latest = {one.currency: money.text(one.ending_balance, one.currency) for one in movements}
    there = customer.balances.get(connection_id, {}) | latest
    wanted = {"balances": customer.balances | {connection_id: there}}
    rows.store(customer, rows.change(customer, wanted, allowed=frozenset(wanted)))
