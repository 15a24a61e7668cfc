"""What rows are found by: one line for each column, each with an index that finds values by their beginning.

Secrets have no line here, so that none is ever searched: no credentials, signing secrets or API keys.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Model, Q, QuerySet

from billing.models import (
    CreditNote,
    Customer,
    Dispute,
    IdempotentRequest,
    Invoice,
    InvoiceLineItem,
    Payment,
    Plan,
    Price,
    Refund,
    SubscriptionItem,
)
from integrations.models import Connection, EntityMapping, InboundEvent, OutboundCall
from integrations.search import terms
from integrations.search.kinds import KINDS, prefix_of

ANY = Q()
Matching = Callable[[QuerySet[Any], str, str], Iterator[QuerySet[Any]]]


def beginning(rows: QuerySet[Any], column: str, term: str) -> Iterator[QuerySet[Any]]:
    """Rows whose column begins with the term as it is."""
    yield rows.filter(**{f"{column}__startswith": term})


def capitals(rows: QuerySet[Any], column: str, term: str) -> Iterator[QuerySet[Any]]:
    """Rows whose column begins with the term, as it is or in capitals."""
    for spelling in terms.spellings(term):
        yield rows.filter(**{f"{column}__startswith": spelling})


def any_case(rows: QuerySet[Any], column: str, term: str) -> Iterator[QuerySet[Any]]:
    """Rows whose column begins with the term, whatever the case."""
    yield rows.filter(**{f"{column}__istartswith": term})


def words(rows: QuerySet[Any], column: str, term: str) -> Iterator[QuerySet[Any]]:
    """Rows in whose column each word of the term is the beginning of a word, whatever the case."""
    if query := terms.words(term):
        found = rows.annotate(words=SearchVector(column, config="simple"))
        yield found.filter(words=SearchQuery(query, config="simple", search_type="raw"))


def own(rows: QuerySet[Any], column: str, term: str) -> Iterator[QuerySet[Any]]:
    """Rows whose own id begins with the term."""
    if bounds := terms.range_of(term, prefix_of(rows.model)):
        yield rows.filter(**{f"{column}__range": bounds})


@dataclass(frozen=True)
class Key:
    """``column`` of ``model`` finds the row of ``kind`` whose id is in ``leads_to``.

    ``label``: what the column is to people. ``kind``: of KINDS, or "@column" for the one that a column names.
    ``environment``: the path to whose row it is. ``where``: the condition of the index.
    """

    model: type[Model]
    column: str
    label: str
    kind: str
    matching: Matching = beginning
    leads_to: str = "pk"
    environment: str = "environment"
    where: Q = ANY

    def may_find(self, term: str) -> bool:
        """Whether anything can have such a value: own ids begin with their prefix."""
        return self.matching is not own or terms.range_of(term, prefix_of(self.model)) is not None


def _own_ids() -> list[Key]:
    kinds = [(name, kind) for name, kind in KINDS.items() if kind.prefix]
    return [Key(kind.model, "pk", "id", name, own, "pk", kind.environment) for name, kind in kinds]


def _parts(model: type[Model], label: str, kind: str) -> Key:
    return Key(model, "pk", label, kind, own, kind, f"{kind}__environment")


def _at_provider(model: type[Model], column: str, label: str, kind: str) -> Key:
    return Key(model, column, label, kind, where=~Q(**{column: ""}))


_ACTIVE = Q(status="active")
_MAPPED = ~Q(entity_id="")
_CONNECTED = "connection__environment"
_KEY = "idempotency key"
# Those that say most about what was meant come first: a row that two of them find is shown with the first.
KEYS: list[Key] = [
    *_own_ids(),
    _parts(InvoiceLineItem, "id of a line", "invoice"),
    _parts(SubscriptionItem, "id of an item", "subscription"),
    Key(
        EntityMapping, "provider_entity_id", "id at the provider", "@entity_type", leads_to="entity_id",
        environment=_CONNECTED, where=_MAPPED,
    ),
    Key(
        EntityMapping, "provider_entity_id", "id at the provider", "mapping", environment=_CONNECTED,
        where=~_MAPPED,
    ),
    Key(
        EntityMapping, "number", "number at the provider", "@entity_type", capitals, "entity_id",
        environment=_CONNECTED, where=_MAPPED & Q(number__isnull=False),
    ),
    _at_provider(Payment, "gateway_payment_id", "id at the provider", "payment"),
    _at_provider(Payment, "gateway_charge_id", "charge at the provider", "payment"),
    _at_provider(Payment, "gateway_session_id", "checkout session at the provider", "payment"),
    _at_provider(Refund, "gateway_refund_id", "id at the provider", "refund"),
    _at_provider(Dispute, "gateway_dispute_id", "id at the provider", "dispute"),
    _at_provider(CreditNote, "gateway_credit_note_id", "id at the provider", "credit_note"),
    Key(InboundEvent, "provider_event_id", "id at the provider", "event", environment=_CONNECTED),
    Key(InboundEvent, "object_id", "object at the provider", "event", environment=_CONNECTED),
    Key(
        OutboundCall, "request_id", "request id of the provider", "sync", leads_to="sync",
        environment="sync__connection__environment", where=~Q(request_id=""),
    ),
    Key(Connection, "account_id", "account at the provider", "connection"),
    Key(Connection, "webhook_endpoint_id", "webhook endpoint at the provider", "connection"),
    Key(Invoice, "number", "number", "invoice", capitals, where=~Q(number="") & Q(is_external=False)),
    Key(Invoice, "number", "number", "invoice", capitals, where=~Q(number="") & Q(is_external=True)),
    Key(CreditNote, "number", "number", "credit_note", capitals, where=~Q(number="")),
    Key(Customer, "external_id", "external id", "customer", where=_ACTIVE & ~Q(external_id="")),
    Key(Customer, "email", "e-mail address", "customer", any_case),
    Key(Customer, "name", "name", "customer", words),
    Key(Plan, "lookup_key", "lookup key", "plan", where=_ACTIVE & ~Q(lookup_key="")),
    Key(Plan, "name", "name", "plan", words),
    Key(Price, "lookup_key", "lookup key", "price", where=_ACTIVE & ~Q(lookup_key="")),
    Key(Connection, "name", "name", "connection", any_case),
    Key(IdempotentRequest, "key", "idempotency key of an API request", "api_request"),
    Key(Payment, "idempotency_key", _KEY, "payment", where=~Q(idempotency_key="")),
    Key(Refund, "idempotency_key", _KEY, "refund", where=~Q(idempotency_key="")),
    Key(CreditNote, "idempotency_key", _KEY, "credit_note", where=~Q(idempotency_key="")),
]  # fmt: skip
