"""Whose story it is: the row, what belongs to it, and the provider's objects of all of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial
from typing import Any

from django.db.models import Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from billing import money
from billing.events import Kind
from billing.models import CreditNote, Dispute, Invoice, Payment, Refund, Subscription
from billing.models.base import Row
from integrations.connections import names
from integrations.models import Connection, EntityMapping

# How many rows of each kind that belong to it, the newest ones, pushes and events are looked for.
MOST = 1000


@dataclass(frozen=True)
class Subject:
    """A row of billing."""

    kind: Kind
    row: Row

    @property
    def row_id(self) -> str:
        """Its id."""
        return str(self.row.pk)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What people call the row and each row that belongs to it, by id; "" for what has no name."""
        return {self.row_id: "", **{one.row_id: one.name for one in self._rows}}

    @cached_property
    def _rows(self) -> Sequence["_Row"]:
        return _rows(self.kind, self.row_id)

    @cached_property
    def mappings(self) -> Sequence[EntityMapping]:
        """The counterparts of all of them."""
        return list(EntityMapping.objects.filter(entity_id__among=self.names))

    @cached_property
    def connections(self) -> Mapping[str, Connection]:
        """All connections of the environment, archived ones too."""
        return {one.pk: one for one in Connection.objects.filter(environment_id=self.row.environment_id)}

    @cached_property
    def objects(self) -> frozenset[str]:
        """The ids of the provider's objects."""
        mapped = {mapping.provider_entity_id for mapping in self.mappings}
        return frozenset(mapped | {one.object_id for one in self._rows if one.object_id})

    def audited(self) -> Q:
        """Which entries of the audit are about it."""
        if self.kind == Kind.CUSTOMER:
            return Q(customer_id=self.row_id)
        if self.kind == Kind.INVOICE:
            return Q(invoice_id=self.row_id)
        return Q(row_id__among=self.names)

    def called(self, kind: str, row_id: str) -> str:
        """A row in the middle of a sentence: "invoice INV-000017"; of the subject itself only the kind."""
        noun = kind.replace("_", " ")
        name = self.names.get(row_id, "") or ("" if row_id == self.row_id else f"…{row_id[-6:]}")
        return f"{noun} {name}".strip()

    def at(self, connection_id: str) -> str:
        """Where a connection leads to, "Stripe (Acme Ltd)"."""
        connection = self.connections.get(connection_id)
        if connection is None:
            return "the provider"
        return names.in_words(connection)


@dataclass(frozen=True)
class _Row:
    """``object_id``: what its gateway calls it, where the row itself knows that."""

    row_id: str
    name: str
    object_id: str


Rows = QuerySet[Any, Any]
_NONE = Value("", output_field=TextField())


def _newest(
    model: type[Model], *, number: str = "", amount: str = "", known_as: str = "", **such: Any
) -> Rows:
    """Id, number, amount, currency and the gateway's id as texts, from the columns that there are."""
    return (
        model._default_manager.filter(**such)
        .order_by("-created_at")
        .values_list(
            "pk",
            _text(number),
            _text(amount),
            _text("currency" if amount else ""),
            _text(known_as),
        )[:MOST]
    )


def _text(column: str) -> Any:
    return Cast(column, TextField()) if column else _NONE


_subscriptions = partial(_newest, Subscription)
_invoices = partial(_newest, Invoice, number="number")
_credit_notes = partial(_newest, CreditNote, number="number", known_as="gateway_credit_note_id")
_payments = partial(_newest, Payment, amount="amount", known_as="gateway_payment_id")
_refunds = partial(_newest, Refund, amount="amount", known_as="gateway_refund_id")
_disputes = partial(_newest, Dispute, amount="amount", known_as="gateway_dispute_id")


def _of_customer(row_id: str) -> list[Rows]:
    kinds = (_subscriptions, _invoices, _credit_notes, _payments)
    parts = [rows(payment__customer_id=row_id) for rows in (_refunds, _disputes)]
    return [*(rows(customer_id=row_id) for rows in kinds), *parts]


def _of_subscription(row_id: str) -> list[Rows]:
    parts = [rows(payment__invoice__subscription_id=row_id) for rows in (_refunds, _disputes)]
    return [_invoices(subscription_id=row_id), _payments(invoice__subscription_id=row_id), *parts]


def _of_invoice(row_id: str) -> list[Rows]:
    parts = [rows(payment__invoice_id=row_id) for rows in (_refunds, _disputes)]
    return [_invoices(pk=row_id), _credit_notes(invoice_id=row_id), _payments(invoice_id=row_id), *parts]


def _of_payment(row_id: str) -> list[Rows]:
    return [_payments(pk=row_id), _refunds(payment_id=row_id), _disputes(payment_id=row_id)]


_BELONGINGS: Mapping[Kind, Callable[[str], list[Rows]]] = {
    Kind.CUSTOMER: _of_customer,
    Kind.SUBSCRIPTION: _of_subscription,
    Kind.INVOICE: _of_invoice,
    Kind.PAYMENT: _of_payment,
}


def _rows(kind: Kind, row_id: str) -> list[_Row]:
    """The row and what belongs to it, in one statement."""
    if kind not in _BELONGINGS:
        return []
    first, *others = _BELONGINGS[kind](row_id)
    return [
        _Row(pk, f"of {money.text(Decimal(amount), currency)} {currency}" if amount else number, object_id)
        for pk, number, amount, currency, object_id in first.union(*others, all=True)
    ]
