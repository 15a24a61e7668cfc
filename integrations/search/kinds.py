"""The kinds of rows that searches show: whose they are, what they are called, and how they stand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q

from billing import money
from billing.models import (
    CreditNote,
    Customer,
    Dispute,
    Environment,
    IdempotentRequest,
    Invoice,
    Payment,
    Plan,
    Price,
    Refund,
    Subscription,
)
from integrations.models import (
    Alarm,
    ComparisonRun,
    Conflict,
    Connection,
    EntityMapping,
    Finding,
    ImportRun,
    InboundEvent,
    LinkCandidate,
    MappingChange,
    OutboundSync,
    RepairBatch,
    SyncRun,
    WebhookEndpoint,
    WebhookEvent,
)

ALL = Q()


def _amount(row: Any) -> str:
    return money.with_currency(row.amount, row.currency)


@dataclass(frozen=True)
class Kind:
    """``environment``: the path to whose row it is, "" for an environment itself. ``related``: read with it.

    ``state``: the name of the column, "" for none. ``customer``: the path to whose it is, "" for none.
    ``page``: to the row on whose page it is shown, "" for its own. ``noun``: its address in the API.
    ``shown``: which of the rows people see.
    """

    model: type[Model]
    label: str
    environment: str = "connection__environment"
    related: tuple[str, ...] = ()
    title: Callable[[Any], str] = str
    state: str = "state"
    customer: str = ""
    page: str = ""
    noun: str = ""
    left_out: tuple[str, ...] = ()
    shown: Q = ALL

    @property
    def prefix(self) -> str:
        """What its ids begin with, "" where they are numbers."""
        return prefix_of(self.model)


def prefix_of(model: type[Model]) -> str:
    """What the ids of the model begin with, "" where they are numbers."""
    arguments = getattr(model._meta.pk.default, "args", ())
    return arguments[0] if arguments else ""


def _billing(model: type[Model], label: str, noun: str, **options: Any) -> Kind:
    return Kind(model, label, **{"environment": "environment", "state": "status", "noun": noun} | options)


def _of_connection(model: type[Model], label: str, noun: str = "", **options: Any) -> Kind:
    return Kind(model, label, noun=noun, **options)


# In the order in which they are shown.
KINDS: dict[str, Kind] = {
    "customer": _billing(Customer, "Customer", "customers", customer="self"),
    "subscription": _billing(
        Subscription, "Subscription", "subscriptions", customer="customer", related=("customer",)
    ),
    "invoice": _billing(Invoice, "Invoice", "invoices", customer="customer", related=("customer",)),
    "payment": _billing(
        Payment, "Payment", "payments", customer="customer", related=("customer",), title=_amount
    ),
    "refund": _billing(
        Refund, "Refund", "", customer="payment.customer", related=("payment__customer",), title=_amount,
        page="payment",
    ),
    "dispute": _billing(
        Dispute, "Dispute", "", customer="payment.customer", related=("payment__customer",), title=_amount,
        page="payment",
    ),
    "credit_note": _billing(
        CreditNote, "Credit note", "credit_notes", customer="customer", related=("customer",)
    ),
    "plan": _billing(Plan, "Plan", "plans"),
    "price": _billing(Price, "Price", "prices", related=("plan",)),
    "connection": _billing(Connection, "Connection", "connections"),
    "environment": _billing(Environment, "Environment", "", environment="", state=""),
    "api_request": _billing(IdempotentRequest, "API request", "", state="", left_out=("answer",)),
    "sync": _of_connection(OutboundSync, "Sync", "syncs"),
    "event": _of_connection(InboundEvent, "Event", "events", left_out=("payload",)),
    "mapping": _of_connection(EntityMapping, "Mapping", "mappings", state="", left_out=("metadata",)),
    "conflict": _of_connection(Conflict, "Conflict", "conflicts", state=""),
    "finding": _of_connection(Finding, "Finding", "findings"),
    "mapping_change": _of_connection(MappingChange, "Mapping change", "mapping_changes", state="action"),
    "link_candidate": Kind(
        LinkCandidate, "Link candidate", "run__connection__environment", state="grade", noun="link_candidates"
    ),
    "alarm": _of_connection(Alarm, "Alarm", "alarms", state=""),
    "import": _of_connection(ImportRun, "Import", "imports"),
    "comparison": _of_connection(ComparisonRun, "Comparison", "comparisons"),
    "bulk_sync": _of_connection(SyncRun, "Bulk sync", "sync_runs"),
    "repair_batch": _billing(RepairBatch, "Bulk repair", "repair_batches", state="state"),
    "webhook_endpoint": _billing(
        WebhookEndpoint, "Webhook endpoint", "webhook_endpoints", state="", shown=Q(deleted_at=None)
    ),
    "webhook_event": _billing(
        WebhookEvent, "Webhook event", "webhook_events", state="", left_out=("changes", "data")
    ),
}  # fmt: skip
