"""`python -m devstack --home test -- python -m benchmarks.lists [ROWS]`: how fast the API's lists answer.

So many customers, and invoices with a line each, are there, in one environment; each list is asked for
twice, in this process. Prints what the second answer took.
"""

import os
import sys
import time
from decimal import Decimal
from typing import Any

import django

from benchmarks.databases import empty_database, migrate
from benchmarks.outbound import say

SLOW = 0.3
QUERIES = (
    "", "limit=1000", "total=false", "offset=100000", "updated_after={late}", "updated_after={early}", "updated_after={late}&ordering=updated_at",
    "ordering=-updated_at", "metadata[order]={n}", "metadata[order]=none", "metadata[tier]=gold", "metadata[tier]=gold&updated_after={late}",
    "metadata[tier]=gold&ordering=-updated_at", "created_after={late}&metadata[rare]=yes",
)  # fmt: skip
OWN = {
    "customers": ("external_id=crm-{n}", "external_id=none", "email=ada.{n}@example.com", "status=archived"),
    "invoices": ("customer_id=cust_{id}", "status=draft", "status=voided", "overdue=true", "number=INV-{n}",
                 "payment_status=failed", "ordering=amount_remaining", "due_before={late}"),
}  # fmt: skip


def main() -> None:
    """Loads the rows, and prints each list with its milliseconds."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    os.environ["DATABASE_URL"] = empty_database(os.environ["DATABASE_URL"])
    migrate()
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "flexsync.settings",
        "LOG_LEVEL": "ERROR",
        "API_RATE_LIMIT": "",
        "DEBUG": "true",
    }
    django.setup()
    begun = time.perf_counter()
    client = load(rows)
    say(f"{rows} rows of each kind loaded in {time.perf_counter() - begun:.0f} s")
    named = {
        "n": rows // 2,
        "id": f"{rows // 2:026d}",
        "late": "2026-06-30T23:00:00Z",
        "early": "2026-01-01T00:00:00Z",
    }
    taken = []
    for noun, own in OWN.items():
        for query in (*QUERIES, *own):
            path = f"/v1/{noun}?{query.format(**named)}"
            taken.append((asked(client, path), path))
            say(f"  {taken[-1][0] * 1000:7.1f} ms: {path}")
    slowest = max(taken)
    say(
        f"slowest: {slowest[0] * 1000:.0f} ms, {slowest[1]}; {sum(one[0] > SLOW for one in taken)} above {SLOW} s"
    )


def asked(client: Any, path: str) -> float:
    """Returns the seconds of the second request; the first one warms the caches."""
    client.get(path)
    begun = time.perf_counter()
    response = client.get(path)
    assert response.status_code in (200, 503), response.content
    return time.perf_counter() - begun if response.status_code == 200 else 99.0


def load(rows: int) -> Any:
    """Copies a customer and an invoice so often; returns a client of their environment."""
    from django.db import connection
    from django.utils import timezone
    from rest_framework.test import APIClient

    from billing.facts import CustomerFacts, InvoiceFacts, LineFacts
    from billing.services import environments
    from billing.services.customers import customers
    from billing.services.invoices import invoices

    environment = environments.create(name="Bench", kind="sandbox")
    where = {"environment_id": environment.pk}
    customer = customers.create(**where, facts=CustomerFacts(name="Ada"))
    lines = (LineFacts("Seats", unit_amount=Decimal(100)),)
    draft = invoices.create(**where, facts=InvoiceFacts(customer.pk, "USD", lines=lines))
    invoice = invoices.finalize(**where, invoice_id=draft.pk, now=timezone.now())
    _, key = environments.create_api_key(environment=environment, name="Bench", scope="read")
    at = "'2026-01-01'::timestamptz + n * interval '180 days' / %s"
    metadata = (
        "jsonb_build_object('order', n::text, 'tier', CASE WHEN n %% 3 = 0 THEN 'gold' ELSE 'silver' END)"
        " || CASE WHEN n %% 100000 = 7 THEN '{\"rare\": \"yes\"}'::jsonb ELSE '{}' END"
    )
    with connection.cursor() as cursor:
        for table, row, changed in (
            ("billing_customer", customer, {"external_id": "'crm-' || n", "email": "'ada.' || n || '@example.com'",
                                                   "status": "CASE WHEN n %% 50000 = 0 THEN 'archived' ELSE 'active' END"}),
            ("billing_invoice", invoice, {"number": "'INV-' || n", "customer_id": "'cust_' || lpad(n::text, 26, '0')"}),
            ("billing_invoicelineitem", invoice.lines.get(), {"invoice_id": "'inv_' || lpad(n::text, 26, '0')"}),
        ):  # fmt: skip
            copy(cursor, table, row, rows, changed, at, metadata)
        cursor.execute("VACUUM ANALYZE")
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    return client


def copy(
    cursor: Any, table: str, row: Any, rows: int, changed: dict[str, str], at: str, metadata: str
) -> None:
    """Inserts copies of the row, numbered, with times over half a year."""
    names = [field.column for field in row._meta.concrete_fields]
    own = {"id": f"'{row.pk.rpartition('_')[0]}_' || lpad(n::text, 26, '0')", "metadata": metadata}
    times = {"created_at": at, "updated_at": at} if "created_at" in names else {}
    values = own | times | changed
    columns = ", ".join(values.get(name, f"one.{name}") for name in names)
    sql = f"INSERT INTO {table} ({', '.join(names)}) SELECT {columns} FROM {table} one, generate_series(1, %s) n WHERE one.id = %s"
    cursor.execute(sql, [*[rows] * sql.count("days' / %s"), rows, row.pk])


if __name__ == "__main__":
    main()
