"""The rows that need a person, by kind of problem."""

from collections.abc import Callable
from datetime import timedelta

from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import timezone

from billing.models import Dispute, Invoice
from billing.models.disputes import DisputeState
from billing.models.invoices import InvoiceStatus, PaymentStatus
from integrations.mappings import gone
from integrations.models import (
    Alarm,
    Conflict,
    Connection,
    EntityMapping,
    Finding,
    ImportRun,
    InboundEvent,
    OutboundSync,
    WebhookEndpoint,
)
from integrations.models.alarms import AlarmCode
from integrations.models.connections import ConnectionStatus
from integrations.models.findings import FindingKind, FindingState
from integrations.models.imports import ImportState
from integrations.models.inbound import InboundState
from integrations.models.outbound import OPEN_STATES, SyncState

# How long an endpoint fails until a person is told.
FAILING = timedelta(hours=1)
# How long a push fails until a person is told: what fails for less mends itself most often.
LATE = timedelta(minutes=10)

# How long an event is due until a person is told, as deploy/prometheus has it.
WAITING = timedelta(minutes=5)

# States of a dispute that waits for an answer.
DISPUTED = (DisputeState.NEEDS_RESPONSE, DisputeState.INQUIRY)

# Of the same connection as the row that is asked about.
_UNDECIDED = gone.undecided().filter(connection=OuterRef("connection")).order_by()


def broken() -> QuerySet[Connection]:
    return Connection.objects.filter(status=ConnectionStatus.BROKEN)


def alarms(code: AlarmCode) -> Callable[[], QuerySet[Alarm]]:
    return lambda: Alarm.objects.filter(ended_at=None, code=code)


def overpaid() -> QuerySet[Invoice]:
    return Invoice.objects.filter(payment_status=PaymentStatus.OVERPAID)


def disputes() -> QuerySet[Dispute]:
    return Dispute.objects.filter(status__in=DISPUTED)


def failed_imports() -> QuerySet[ImportRun]:
    later = ImportRun.objects.filter(connection=OuterRef("connection"), pk__gt=OuterRef("pk"))
    return ImportRun.objects.filter(~Exists(later), state=ImportState.FAILED)


def conflicts() -> QuerySet[Conflict]:
    return Conflict.objects.filter(winner="")


def contested() -> QuerySet[InboundEvent]:
    return InboundEvent.objects.filter(conflict__isnull=False)


def waiting_events() -> QuerySet[InboundEvent]:
    """Those that no worker has taken for minutes although they are due."""
    return InboundEvent.objects.due(timezone.now() - WAITING)


def dead_events() -> QuerySet[InboundEvent]:
    return InboundEvent.objects.filter(state=InboundState.DEAD, conflict__isnull=True)


def syncs(state: SyncState) -> Callable[[], QuerySet[OutboundSync]]:
    """Those in the state, but for what waits for a decision about what is gone: that is a kind of its own."""
    named = Concat(F("entity_type"), Value(":"), F("entity_id"), output_field=CharField())
    awaited = _UNDECIDED.alias(named=named).filter(named=OuterRef("waits_for"))
    return lambda: OutboundSync.objects.filter(~Exists(awaited), state=state)


def late() -> QuerySet[OutboundSync]:
    """Pushes of connections that work, which have failed and are tried again."""
    since = timezone.now() - LATE
    failing = OutboundSync.objects.filter(state__in=OPEN_STATES).exclude(last_error="")
    return failing.filter(created_at__lt=since, connection__status=ConnectionStatus.ACTIVE)


def findings() -> QuerySet[Finding]:
    """The open ones, but for what is gone and is known to be: that is a kind of its own, or was decided."""
    linked = EntityMapping.objects.filter(
        connection=OuterRef("connection"),
        entity_type=OuterRef("entity_type"),
        entity_id=OuterRef("entity_id"),
        provider_entity_id=OuterRef("provider_entity_id"),
        gone_at=None,
    )
    is_known = ~Exists(linked.order_by())
    return Finding.objects.filter(state=FindingState.OPEN).exclude(is_known, kind=FindingKind.GONE)


def failing_endpoints() -> QuerySet[WebhookEndpoint]:
    """Those that fail for an hour: what fails for less mends itself most often."""
    since = timezone.now() - FAILING
    return WebhookEndpoint.objects.filter(deleted_at=None, enabled=True, failing_since__lt=since)


def disabled_endpoints() -> QuerySet[WebhookEndpoint]:
    return WebhookEndpoint.objects.filter(deleted_at=None, enabled=False, disabled_at__isnull=False)


def collected(*statuses: PaymentStatus) -> Callable[[], QuerySet[Invoice]]:
    return lambda: Invoice.objects.filter(
        status=InvoiceStatus.FINALIZED, payment_status__in=statuses, amount_remaining__gt=0
    )


def is_collected(invoice: Invoice, *statuses: PaymentStatus) -> bool:
    """Whether the invoice, which was read, is one of ``collected``."""
    is_owed = invoice.status == InvoiceStatus.FINALIZED and invoice.amount_remaining > 0
    return is_owed and invoice.payment_status in statuses
