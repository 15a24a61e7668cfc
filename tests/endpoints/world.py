"""A row of everything that an address or a body can name, in one environment."""

from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils import timezone

from billing.events import Kind
from billing.facts import DisputeFacts, PaymentEvidence, RefundFacts
from billing.models import BalanceTransaction, Environment
from billing.services.payments import disputes, payments, refunds
from billing.tests import factories
from integrations.models import (
    Alarm,
    AlertChannel,
    ComparisonRun,
    Conflict,
    Connection,
    EntityMapping,
    Finding,
    ImportRun,
    InboundEvent,
    LinkCandidate,
    MappingChange,
    Note,
    OutboundSync,
    Process,
    RepairBatch,
    SyncRun,
    TriageMark,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
)
from integrations.testing import make_connection


def make_world(environment: Environment) -> dict[str, str]:
    """The id of one row of each noun of the API, by that noun."""
    connection = make_connection(environment.pk, "stripe", credentials={"secret_key": "sk_test_world"})
    return {"connections": connection.pk} | _billing(environment, connection) | _integrations(connection)


def _billing(environment: Environment, connection: Connection) -> dict[str, str]:
    payment = factories.PaymentFactory(environment=environment)
    subscription = factories.SubscriptionFactory(environment=environment)
    note = factories.CreditNoteFactory(environment=environment)
    price = subscription.items.get().price
    moved = {"amount": Decimal(-1), "ending_balance": Decimal(-1), "currency": "USD", "type": "adjustment"}
    BalanceTransaction.objects.create(
        environment=environment,
        customer=payment.customer,
        connection_id=connection.pk,
        position=1,
        gateway="stripe",
        gateway_transaction_id="cbtxn_1",
        happened_at=timezone.now(),
        **moved,
    )
    rows = (payment.customer, price.plan, price, subscription, payment.invoice, payment, note)
    nouns = ("customers", "plans", "prices", "subscriptions", "invoices", "payments", "credit_notes")
    parts = {"items": subscription.items.get().pk, "lines": payment.invoice.lines.get().pk}
    return parts | _taken_back(environment) | {noun: row.pk for noun, row in zip(nouns, rows, strict=True)}


def _taken_back(environment: Environment) -> dict[str, str]:
    """The refund and the dispute of a payment that was received."""
    paid, now = factories.PaymentFactory(environment=environment), timezone.now()
    where: dict[str, Any] = {"environment_id": environment.pk, "payment_id": paid.pk, "now": now}
    payments.settle(**where, evidence=PaymentEvidence(status="succeeded"))
    refund = refunds.record(**where, facts=RefundFacts("re_world", Decimal(10), "pending"))
    dispute = disputes.record(**where, facts=DisputeFacts("dp_world", Decimal(5), "needs_response"))
    return {"refunds": refund.pk, "disputes": dispute.pk}


def _integrations(connection: Connection) -> dict[str, str]:
    customer = factories.CustomerFactory(environment=connection.environment)
    now = timezone.now()
    row = {"entity_type": Kind.CUSTOMER, "entity_id": customer.pk}
    pair = {**row, "provider_entity_id": "cus_world"}
    mapping = EntityMapping.objects.create(connection=connection, **pair)
    run = ImportRun.objects.create(connection=connection, state="linking", linking="open")
    compared = {"asked_at": now, "seen_at": now, "kind": "differs", "field": "name"}
    event = {"provider_event_id": "evt_world", "type": "customer.updated", "object_id": "cus_world"}
    environment = connection.environment
    batch = RepairBatch.objects.create(environment=environment, repair="push", total=1)
    channel = AlertChannel.objects.create(
        name=environment.pk, environment=environment, sealed_address="none", shown_address="none"
    )
    made = {
        "repair_batches": batch,
        "alert_channels": channel,
        "alerts": channel.alerts.create(key="dead_push", title="a group", raised_at=now),
        "triage_marks": TriageMark.objects.create(
            key=f"dead_push:{environment.pk}", environment=environment, title="a group"
        ),
        "processes": Process.objects.create(kind="web", name="web@here", pid=7, started_at=now, seen_at=now),
        "mappings": mapping,
        "mapping_changes": MappingChange.objects.create(
            connection=connection, mapping_id=mapping.pk, action="linked", **pair
        ),
        "notes": Note.objects.create(**row, text="A note", written_by="ada"),
        "syncs": OutboundSync.objects.get(connection=connection, entity_id=customer.pk),
        "sync_runs": SyncRun.objects.create(connection=connection, entity_type=Kind.CUSTOMER),
        "alarms": Alarm.objects.create(connection=connection, code="import_needed", message="Needed."),
        "conflicts": Conflict.objects.create(connection=connection, field="name", rule="newest", **pair),
        "imports": run,
        "link_candidates": LinkCandidate.objects.create(run=run, grade="several", **pair),
        "comparisons": ComparisonRun.objects.create(connection=connection),
        "findings": Finding.objects.create(connection=connection, **compared, **pair),
        "events": InboundEvent.objects.create(connection=connection, created=now, payload={}, **event),
    }
    return {noun: str(row.pk) for noun, row in (made | _webhooks(environment)).items()}


def _webhooks(environment: Environment) -> dict[str, Model]:
    now, customer = timezone.now(), factories.CustomerFactory(environment=environment)
    position = WebhookEvent.objects.count() + 1
    row = {"object_type": "customer", "object_id": customer.pk, "sequence": 1, "action": "created"}
    event = WebhookEvent.objects.create(
        environment=environment, position=position, entry_id=-position, type="customer.created", changes={},
        created_at=now, **row,
    )  # fmt: skip
    # Nothing listens there, and nothing may be sent there.
    endpoint = WebhookEndpoint.objects.create(environment=environment, url="https://127.0.0.1:9/", shape="")
    delivery = WebhookDelivery.objects.create(
        endpoint=endpoint, event=event, position=position, object_id=customer.pk, next_attempt_at=now
    )
    return {"webhook_events": event, "webhook_endpoints": endpoint, "webhook_deliveries": delivery}
