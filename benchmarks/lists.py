"""`python -m devstack --home test -- python -m benchmarks.lists [ROWS]`: how fast the API's lists answer.

A million (or so many) customers, invoices with a line each, payments, events, syncs, mappings, webhook events
and deliveries are there, in one environment; each list is asked for four times, in this process. Prints what
the quickest answer took: what else runs on the machine counts least in it.
"""

import os
import sys
import time
from typing import Any

import django

from benchmarks.databases import empty_database, migrate
from benchmarks.outbound import say

SLOW, TRIES = 0.3, 4
PAGES = ("", "total=false", "limit=250", "offset=10000", "offset=10000&limit=250")
ROWS = (
    *PAGES, "created_after={late}", "created_before={early}", "updated_after={late}", "updated_after={early}",
    "updated_after={late}&ordering=updated_at", "updated_after={early}&ordering=updated_at", "ordering=-updated_at", "ordering=updated_at",
    "metadata[order]={n}", "metadata[order]=none", "metadata[tier]=gold", "metadata[tier]=gold&metadata[rare]=yes",
    "metadata[tier]=gold&updated_after={late}", "metadata[tier]=gold&ordering=-updated_at", "created_after={late}&metadata[rare]=yes",
)  # fmt: skip
QUERIES = {
    "customers": (*ROWS, "external_id=crm-{n}", "external_id=none", "email=ada.{n}@example.com", "status=archived", "status=active"),
    "invoices": (*ROWS, "customer_id=cust_{id}", "status=draft", "status=voided", "status=draft,voided", "status=uncollectible", "overdue=true", "number=INV-{n}",
                 "payment_status=failed", "payment_status=failed&updated_after={late}", "payment_status=processing", "ordering=amount_remaining", "due_before={late}",
                 "ordering=due_date", "ordering=-total", "ordering=number",
                 "status=voided&ordering=-total", "customer_id=cust_{id}&ordering=due_date"),
    "payments": (*ROWS, "status=processing", "status=failed", "status=refunded", "guest=true", "method=cash", "gateway=acme", "gateway_payment_id=pi_{n}",
                 "invoice_id=inv_{id}", "customer_id=cust_{id}", "ordering=-succeeded_at", "ordering=amount", "status=failed&ordering=-amount"),
    "events": (*PAGES, "received_after={late}", "received_before={early}", "state=dead", "state=pending", "state=ignored", "state=dead,pending", "type=charge.dispute.created",
               "type=charge.none", "type=invoice.paid", "source=polled", "object_id=cus_{n}", "provider_event_id=evt_{n}", "provider=stripe", "provider=acme", "connection_id={account}",
               "connection_id={account}&state=dead", "connection_id=conn_none", "ordering=settled_at", "ordering=-created"),
    "syncs": (*PAGES, "state=blocked", "state=dead", "state=done", "entity_type=invoice", "entity_id=cust_{id}", "created_after={late}", "connection_id={account}", "ordering=-settled_at"),
    "mappings": (*PAGES, "gone=true", "gone=false", "entity_type=plan", "entity_id=cust_{id}", "provider_entity_id=cus_{n}", "former_entity_id=cust_{id}", "ordering=-updated_at"),
    "webhook_events": (*PAGES, "type=dispute.created", "type=dispute.won", "type=invoice.paid", "type=dispute.created,dispute.won", "object_type=dispute", "object_type=invoice",
                       "object_id=cust_{id}", "object_id=none", "created_after={late}", "created_before={early}", "type=invoice.paid&created_before={early}"),
    "changes": ("", "limit=1000", "after={n}", "types=dispute.created", "types=dispute.won", "types=dispute.*", "types=plan.*", "types=plan.*,dispute.won", "types=invoice.*&after={n}"),
    "webhook_endpoints/{endpoint}/deliveries": (*PAGES, "state=failed", "state=pending", "state=delivered", "type=dispute.created", "type=dispute.won", "type=invoice.paid",
                                                "event_id=whev_{id}", "object_id=cust_{id}"),
}  # fmt: skip


def main() -> None:
    """Loads the rows, and prints each list with its milliseconds."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    os.environ["DATABASE_URL"] = empty_database(os.environ["DATABASE_URL"])
    migrate()
    prepare()
    from django.db import connection

    from benchmarks import list_rows

    begun = time.perf_counter()
    key, endpoint, account = list_rows.load(rows)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    say(f"{rows} rows of each kind loaded in {time.perf_counter() - begun:.0f} s")
    named = {"n": rows // 2, "id": f"{rows // 2:026d}", "endpoint": endpoint, "account": account}
    named |= {"late": "2026-06-30T23:00:00Z", "early": "2026-01-03T00:00:00Z"}
    measure(key, named)


def prepare() -> None:
    """Sets Django up, without a limit of requests."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "flexsync.settings",
        "LOG_LEVEL": "ERROR",
        "API_RATE_LIMIT": "",
        "DEBUG": "true",
    }
    django.setup()


def measure(key: str, named: dict[str, Any]) -> None:
    """Asks for each list, and prints how long it took."""
    from django.conf import settings
    from rest_framework.test import APIClient

    settings.ALLOWED_HOSTS = ["*"]
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    taken = []
    for noun, queries in QUERIES.items():
        for query in queries:
            path = f"/v1/{noun}?{query}".format(**named)
            seconds, status = asked(client, path)
            taken.append((seconds, path))
            say(f"  {seconds * 1000:7.1f} ms: {path}{' (refused)' * (status == 400)}")
    slowest = max(taken)
    slow = sum(seconds > SLOW for seconds, _path in taken)
    say(f"slowest: {slowest[0] * 1000:.0f} ms, {slowest[1]}; {slow} of {len(taken)} above {SLOW} s")


def asked(client: Any, path: str) -> tuple[float, int]:
    """Returns the seconds of the quickest request, 99 where the database gave up, and its status."""
    taken = []
    for _ in range(TRIES):
        begun = time.perf_counter()
        response = client.get(path)
        taken.append(time.perf_counter() - begun)
        assert response.status_code in (200, 400, 503), response.content
    return 99.0 if response.status_code == 503 else min(taken), response.status_code


if __name__ == "__main__":
    main()
