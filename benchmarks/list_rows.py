"""The rows of `benchmarks.lists`: copies of one row of each kind, made by PostgreSQL.

They were made over half a year, and changed some days later; one in a thousand changed within the last hour.
Few have the rarer states, and those were made early, so that a list reads far to find them.
"""

from decimal import Decimal
from typing import Any

from django.db import connection, models
from django.utils import timezone

Values = dict[str, str]
# Half a year, and in it the moment of the row number n of :rows.
END = "'2026-07-01'::timestamptz"
MADE = f"({END} - interval '181 days' + n * interval '181 days' / :rows)"
CHANGED = (
    f"CASE WHEN n % 1000 = 500 THEN {END} - n % 3600 * interval '1 second'"
    f" ELSE {MADE} + ({END} - {MADE}) * (n * 7919 % 1000 / 1000.0) ^ 4 END"
)
METADATA = (
    "jsonb_build_object('order', n::text, 'tier', CASE WHEN n % 3 = 0 THEN 'gold' ELSE 'silver' END)"
    " || CASE WHEN n % 100000 = 7 THEN '{\"rare\": \"yes\"}'::jsonb ELSE '{}' END"
)
IS_DRAFT, IS_OPEN, IS_OLD = "n % 2000 = 3 AND n < :rows / 2", "n % 20 = 8", "n < :rows / 2"
TYPES = "(ARRAY['customer.updated', 'invoice.created', 'invoice.paid', 'payment.succeeded'])[1 + n % 4]"
KIND = "(ARRAY['customer', 'invoice', 'invoice', 'payment'])[1 + n % 4]"

BILLING: dict[str, Values] = {
    "Customer": {
        "external_id": "'crm-' || n",
        "email": "'ada.' || n || '@example.com'",
        "status": f"CASE WHEN n % 10000 = 1 AND {IS_OLD} THEN 'archived' ELSE 'active' END",
    },
    "Invoice": {
        "number": "'INV-' || n",
        "customer_id": "'cust_' || lpad(n::text, 26, '0')",
        "due_date": f"CASE WHEN n % 2 = 0 THEN {MADE} + interval '30 days' END",
        "status": f"CASE WHEN {IS_DRAFT} THEN 'draft' WHEN n % 1000 = 5 AND {IS_OLD} THEN 'voided' ELSE 'finalized' END",
        "payment_status": f"CASE WHEN {IS_DRAFT} OR {IS_OPEN} THEN 'pending' WHEN n % 3000 = 11 AND {IS_OLD} THEN 'failed' ELSE 'succeeded' END",
        "amount_paid": f"CASE WHEN {IS_DRAFT} OR {IS_OPEN} OR n % 3000 = 11 AND {IS_OLD} THEN 0 ELSE one.amount_due END",
        "amount_remaining": f"CASE WHEN {IS_DRAFT} OR {IS_OPEN} OR n % 3000 = 11 AND {IS_OLD} THEN one.amount_due ELSE 0 END",
    },
    "InvoiceLineItem": {"invoice_id": "'inv_' || lpad(n::text, 26, '0')"},
    "Payment": {
        "customer_id": "'cust_' || lpad(n::text, 26, '0')",
        "invoice_id": "'inv_' || lpad(n::text, 26, '0')",
        "gateway_payment_id": "'pi_' || n",
        "succeeded_at": MADE,
        "status": f"CASE WHEN n % 5000 = 3 AND {IS_OLD} THEN 'processing' WHEN n % 50 = 1 THEN 'failed' ELSE 'succeeded' END",
    },
}  # fmt: skip
EVENTS: dict[str, Values] = {
    "InboundEvent": {
        "provider_event_id": "'evt_' || n",
        "object_id": "'cus_' || n / 3",
        "type": f"CASE WHEN n % 20000 = 3 THEN 'charge.dispute.created' ELSE {TYPES} END",
        "created": MADE,
        "received_at": MADE,
        "settled_at": f"CASE WHEN n % 100000 <> 9 THEN {MADE} END",
        "state": f"CASE WHEN n % 100000 = 9 THEN 'pending' WHEN n % 10000 = 3 AND {IS_OLD} THEN 'dead' WHEN n % 10 = 1 THEN 'ignored' ELSE 'applied' END",
        "is_echo": "n % 5 = 2",
    },
    "OutboundSync": {
        "entity_id": "'cust_' || lpad((n / 3)::text, 26, '0')",
        "settled_at": MADE,
        "state": f"CASE WHEN n % 10000 = 3 AND {IS_OLD} THEN 'blocked' ELSE 'done' END",
    },
    "EntityMapping": {
        "entity_type": KIND,
        "entity_id": "'cust_' || lpad(n::text, 26, '0')",
        "provider_entity_id": "'cus_' || n",
        "gone_at": f"CASE WHEN n % 50000 = 3 THEN {MADE} END",
    },
    "WebhookEvent": {
        "position": "n",
        "entry_id": "n",
        "type": f"CASE WHEN n % 20000 = 3 AND {IS_OLD} THEN 'dispute.created' ELSE {TYPES} END",
        "object_type": f"CASE WHEN n % 20000 = 3 AND {IS_OLD} THEN 'dispute' ELSE {KIND} END",
        "object_id": "'cust_' || lpad((n / 3)::text, 26, '0')",
        "sequence": "1 + n % 3",
    },
    "WebhookDelivery": {
        "event_id": "'whev_' || lpad(n::text, 26, '0')",
        "position": "n",
        "object_id": "'cust_' || lpad((n / 3)::text, 26, '0')",
        "state": f"CASE WHEN n % 20000 = 3 AND {IS_OLD} THEN 'failed' ELSE 'delivered' END",
    },
}  # fmt: skip


def load(rows: int) -> tuple[str, str, str]:
    """Makes so many of each kind in a new environment; returns its key, an endpoint's id, a connection's."""
    from billing.services import environments
    from integrations.models import WebhookFeed

    environment = environments.create(name="Bench", kind="sandbox")
    of_billing, of_events = _billing(environment.pk), _events(environment.pk)
    with connection.cursor() as cursor:
        # Without the checks of foreign keys, which take longer than the rows.
        cursor.execute("SET session_replication_role = replica")
        for values, templates in ((BILLING, of_billing), (EVENTS, of_events)):
            for row in templates:
                _copy(cursor, row, rows, values[type(row).__name__])
        cursor.execute("SET session_replication_role = DEFAULT")
        WebhookFeed.objects.filter(pk=1).update(position=rows, published_to=rows)
        cursor.execute("ANALYZE")
    _, key = environments.create_api_key(environment=environment, name="Bench", scope="read")
    return key, of_events[-1].endpoint_id, of_events[0].connection_id


def _billing(environment_id: str) -> list[Any]:
    from billing.facts import CustomerFacts, InvoiceFacts, LineFacts
    from billing.models import Payment
    from billing.services.customers import customers
    from billing.services.invoices import invoices

    customer = customers.create(environment_id=environment_id, facts=CustomerFacts(name="Ada"))
    lines = (LineFacts("Seats", unit_amount=Decimal(100)),)
    facts = InvoiceFacts(customer.pk, "USD", lines=lines)
    draft = invoices.create(environment_id=environment_id, facts=facts)
    invoice = invoices.finalize(environment_id=environment_id, invoice_id=draft.pk, now=timezone.now())
    paid = {"amount": Decimal(100), "currency": "USD", "gateway": "stripe", "gateway_payment_id": "pi_0"}
    payment = Payment.objects.create(environment_id=environment_id, **paid)
    return [customer, invoice, invoice.lines.get(), payment]


def _events(environment_id: str) -> list[Any]:
    from integrations.models import (
        EntityMapping,
        InboundEvent,
        OutboundSync,
        WebhookDelivery,
        WebhookEndpoint,
        WebhookEvent,
    )
    from integrations.testing import make_connection

    now = timezone.now()
    account = make_connection(environment_id, "stripe")
    payload = {"id": "evt", "object": "event", "data": {"object": {"name": "x" * 900}}}
    told = {"type": "", "object_type": "", "object_id": "", "action": "changed", "actor_type": "api"}
    published = {
        "changes": {"name": ["Ada", "Eve"]},
        "data": {"id": "", "name": "x" * 900},
        "shape": "2026-11-30",
    }
    numbers = {"position": 0, "entry_id": 0, "sequence": 0, "created_at": now, "data_at": now}
    event = WebhookEvent.objects.create(environment_id=environment_id, **told, **published, **numbers)
    endpoint = WebhookEndpoint.objects.create(environment_id=environment_id, url="https://shop.example/hooks")
    return [
        InboundEvent.objects.create(connection=account, created=now, payload=payload, next_attempt_at=now),
        OutboundSync.objects.create(connection=account, entity_type="customer", state="done", settled_at=now),
        EntityMapping.objects.create(connection=account, entity_type="customer"),
        event,
        WebhookDelivery.objects.create(endpoint=endpoint, event=event, position=0, next_attempt_at=now),
    ]  # fmt: skip


def _copy(cursor: Any, row: models.Model, rows: int, changed: Values) -> None:
    known = {"created_at": MADE, "updated_at": CHANGED, "metadata": METADATA} | changed
    # Those without a text as their key are numbered.
    if isinstance(row.pk, str):
        known["id"] = f"'{row.pk.rpartition('_')[0]}_' || lpad(n::text, 26, '0')"
    columns = [
        str(field.column)
        for field in row._meta.concrete_fields
        if not field.generated and ("id" in known or field.column != "id")
    ]
    table = row._meta.db_table
    chosen = ", ".join(known.get(column, f"one.{column}") for column in columns).replace(
        ":rows", f"{rows}::bigint"
    )
    sql = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM {table} one, generate_series(1::bigint, {rows}) n"
    cursor.execute(f"{sql} WHERE one.id = %s".replace(" % ", " %% "), [row.pk])
