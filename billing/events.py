"""How billing says "this changed": explicit, inside the transaction, to whoever subscribed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction


class Kind(StrEnum):
    """The nouns that can change and that a provider may hold a twin of."""

    CUSTOMER = "customer"
    PLAN = "plan"
    PRICE = "price"
    SUBSCRIPTION = "subscription"
    INVOICE = "invoice"
    PAYMENT = "payment"


@dataclass(frozen=True)
class Change:
    """One row changed. ``origin`` is the id of the connection that it came from, None for our own doors."""

    kind: Kind
    id: str
    environment_id: str
    origin: str | None = None


Subscriber = Callable[[Sequence[Change]], None]
_subscribers: list[Subscriber] = []


def subscribe(subscriber: Subscriber) -> None:
    """Calls ``subscriber`` with all later changes, inside the transaction that made them: those of one announcement
    at once."""
    if subscriber not in _subscribers:
        _subscribers.append(subscriber)


def announce(*changes: Change) -> None:
    """Tells every subscriber of the changes; raises TransactionManagementError outside a transaction.

    A subscriber writes rows that live or die with the change itself, so without a transaction a crash
    between the two would lose the news.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "announce() must run in the transaction that made the change"
        )
    for subscriber in _subscribers:
        subscriber(changes)
