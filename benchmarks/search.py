"""`python -m devstack --home test -- python -m benchmarks.search [ROWS]`: how fast a search answers.

So many customers, invoices, payments, mappings, events, syncs and calls are there, copied from one of each; a
term is searched for as the admin does it. Prints what took longest, and what each took.
"""

import os
import sys
import time
from typing import Any

import django

from benchmarks.databases import empty_database, migrate
from benchmarks.drain import counted
from benchmarks.outbound import say

SLOW = 0.2
TERMS = (
    "cust_{id}", "cust_0000", "inv_{id}", "cus_{n}", "cus_", "in_{n}", "pi_{n}", "ch_{n}", "evt_{n}", "req_{n}",
    "evt_", "flexsync-sync_{id}-create-0", "INV-{n}", "INV-", "ada.{n}@example.com", "ADA.", "Lovelace{n}", "lovelace",
    "Ada Love", "nobody@nowhere.example", "key-{n}", "nothing like it",
)  # fmt: skip
LONGEST_ID = 26


def main() -> None:
    """Loads the rows, and prints each term with milliseconds, statements and how much it found."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 300_000
    os.environ["DATABASE_URL"] = empty_database(os.environ["DATABASE_URL"])
    migrate()
    os.environ |= {"DJANGO_SETTINGS_MODULE": "flexsync.settings", "LOG_LEVEL": "WARNING"}
    django.setup()
    begun = time.perf_counter()
    load(rows)
    say(f"{rows} rows of each kind loaded in {time.perf_counter() - begun:.0f} s")
    taken = [(*searched(term), term) for term in terms(rows // 2)]
    for seconds, used, statements, found, term in taken:
        say(
            f"  {seconds * 1000:6.1f} ms, {used * 1000:4.0f} ms of Python, {statements} statements, {found:2} found: {term}"
        )
    slowest = max(taken)
    say(
        f"slowest: {slowest[0] * 1000:.0f} ms, {slowest[4]}; {sum(one[0] > SLOW for one in taken)} above {SLOW} s"
    )


def terms(number: int) -> list[str]:
    """What is searched for, about the row in the middle."""
    return [term.format(n=number, id=f"{number:0{LONGEST_ID}d}") for term in TERMS]


def searched(term: str) -> tuple[float, float, int, int]:
    """Returns seconds, those of Python, statements and rows of a search; an earlier one warms the caches."""
    from billing.models import Environment
    from integrations.search.finding import search

    environments = list(Environment.objects.values_list("pk", flat=True))
    search(term, environments=environments, limit=25)
    with counted() as statements:
        begun, used = time.perf_counter(), time.process_time()
        results = search(term, environments=environments, limit=25)
        taken, used = time.perf_counter() - begun, time.process_time() - used
    return taken, used, statements[0], len(results.found)


def load(rows: int) -> None:
    """Makes one row of each kind, and copies it so many times."""
    from django.db import connection
    from django.utils import timezone

    from billing.models import Customer, Environment, Invoice, Payment
    from integrations.models import Connection, EntityMapping, InboundEvent, OutboundCall, OutboundSync

    now, zero = timezone.now(), "0" * LONGEST_ID
    environment = Environment.objects.create(name="Shop")
    own = {"environment": environment}
    account = Connection.objects.create(**own, provider="stripe", name="Stripe")
    customer = Customer.objects.create(id=f"cust_{zero}", **own)
    owed = {"customer": customer, "currency": "USD"}
    Invoice.objects.create(
        id=f"inv_{zero}", **own, **owed, number="INV-0", status="finalized", finalized_at=now
    )
    Payment.objects.create(
        id=f"pay_{zero}", **own, **owed, amount=1, gateway="stripe", gateway_payment_id="pi_0"
    )
    pair = {"entity_type": "customer", "entity_id": customer.pk}
    EntityMapping.objects.create(id=f"map_{zero}", connection=account, **pair, provider_entity_id="cus_0")
    event = {"provider_event_id": "evt_0", "type": "customer.updated", "payload": {"id": "evt_0"}}
    InboundEvent.objects.create(
        id=f"evt_{zero}", connection=account, **event, created=now, state="applied", settled_at=now
    )
    done = {"state": "done", "settled_at": now}
    sync = OutboundSync.objects.create(id=f"sync_{zero}", connection=account, **pair, **done)
    OutboundCall.objects.create(sync=sync, step="create", state="done", started_at=now)
    padded = f"lpad(n::text, {LONGEST_ID}, '0')"
    words = {"name": "'Ada Lovelace' || n", "email": "'Ada.' || n || '@example.com'"}
    charge = {
        "gateway_payment_id": "'pi_' || n",
        "gateway_charge_id": "'ch_' || n",
        "idempotency_key": "'key-' || n",
    }
    of = {"customer_id": f"'cust_' || {padded}"}
    with connection.cursor() as cursor:
        for model, values in (
            (Customer, words), (Invoice, {**of, "number": "'INV-' || n"}), (Payment, {**of, **charge}),
            (EntityMapping, {"entity_id": of["customer_id"], "provider_entity_id": "'cus_' || n"}),
            (InboundEvent, {"provider_event_id": "'evt_' || n", "object_id": "'cus_' || n"}),
            (OutboundSync, {"entity_id": of["customer_id"]}),
            (OutboundCall, {"sync_id": f"'sync_' || {padded}", "request_id": "'req_' || n"}),
        ):  # fmt: skip
            cursor.execute(_copies(model, values, padded), [rows])
        cursor.execute("VACUUM ANALYZE")


def _copies(model: Any, values: dict[str, str], padded: str) -> str:
    """The statement that copies the model's only row, with the values that differ as SQL of ``n``."""
    prefix = getattr(model._meta.pk.default, "args", ("",))[0]
    own = {"id": f"'{prefix}_' || {padded}"} if prefix else {}
    columns = [
        field.column
        for field in model._meta.concrete_fields
        if not field.generated and (prefix or not field.primary_key)
    ]
    shown = [(own | values).get(column, f't."{column}"') for column in columns]
    quoted = ", ".join(f'"{column}"' for column in columns)
    table = model._meta.db_table
    return (
        f"INSERT INTO {table} ({quoted}) SELECT {', '.join(shown)} FROM {table} t, generate_series(1, %s) n"
    )


if __name__ == "__main__":
    main()
