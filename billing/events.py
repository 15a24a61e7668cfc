"""How billing announces changes: explicitly, inside the transaction, to every subscriber."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction


class Kind(StrEnum):
    """The kinds of rows whose changes are announced, and that a provider may have a counterpart of."""

    CUSTOMER = "customer"
    PLAN = "plan"
    PRICE = "price"
    SUBSCRIPTION = "subscription"
    INVOICE = "invoice"
    PAYMENT = "payment"
    CREDIT_NOTE = "credit_note"


@dataclass(frozen=True)
class Change:
    """One row changed. ``origin`` is the id of the connection that it came from, None for the API and the
    admin.
    """

    kind: Kind
    id: str
    environment_id: str
    origin: str | None = None


Subscriber = Callable[[Sequence[Change]], None]
_subscribers: list[Subscriber] = []


def subscribe(subscriber: Subscriber) -> None:
    """Calls ``subscriber`` with all later changes, inside the transaction that made them, once per
    announcement.
    """
    if subscriber not in _subscribers:
        _subscribers.append(subscriber)


def announce(*changes: Change) -> None:
    """Calls every subscriber with the changes; raises TransactionManagementError outside a transaction.

    A subscriber writes rows that are committed or rolled back with the change itself. Without a transaction,
    a crash between the two would lose the announcement.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "announce() must run in the transaction that made the change"
        )
    for subscriber in _subscribers:
        subscriber(changes)
