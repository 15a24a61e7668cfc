"""`python -m devstack --home test -- python -m benchmarks.admin [CUSTOMERS]`: how fast admin's pages open.

Each customer has a plan, a price, a subscription, a paid invoice, seven events and a push. Every list of the
admin is opened: in its default order, sorted by each column both ways, and searched for what exists and for
what does not; so are the tabs of the money desk. A row of each model is opened, and the timelines of a
customer, a subscription, an invoice and a payment. So are the search of all ids, the first page, and that of
statistics, for as many numbers as ten million events leave.
"""

import os
import sys
import time
from collections.abc import Iterator
from typing import Any

import django

from benchmarks.databases import empty_database, migrate
from benchmarks.drain import connect, counted, drain, fill
from benchmarks.outbound import say

PER_CUSTOMER = 7
SLOW, MANY = 0.5, 15
SEARCHES = ("00000123", "customer", "Ada Lovelace", "nobody@nowhere.example")
PUSHES = """
INSERT INTO integrations_outboundsync (id, connection_id, entity_type, entity_id, action, state, priority, step, attempts,
    last_error, started_by, lease_holder, turn, waits_for, created_at, settled_at)
SELECT 'sync_' || right(id, 26), %s, 'customer', id, 'push', 'done', 5, 'create', 1, '', '', '', '', '', created_at, created_at
FROM billing_customer
"""


def main() -> None:
    """Prints each page that takes too long or too many statements, and the slowest page of each list."""
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    os.environ["DATABASE_URL"] = empty_database(os.environ["DATABASE_URL"])
    migrate()
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "flexsync.settings",
        "LOG_LEVEL": "WARNING",
        "ALLOWED_HOSTS": "testserver",
    }
    django.setup()
    load(customers)
    operator, slow, pages = client(), 0, 0
    for address, queries in (*lists(), *rows()):
        taken = [(*opened(operator, address, query), query) for query in queries]
        pages += len(taken)
        for seconds, statements, query in taken:
            if seconds > SLOW or statements > MANY:
                slow += 1
                say(f"  {seconds * 1000:5.0f} ms {statements:3} statements {address}?{query}")
        seconds, statements, query = max(taken)
        say(
            f"{address:45} {len(taken):3} pages, slowest {seconds * 1000:4.0f} ms, {statements} statements: {query}"
        )
    say(f"{pages} pages, {slow} of them took more than {SLOW} s or {MANY} statements")


def load(customers: int) -> None:
    """Loads so many customers with applied events and pushes, and makes statistics, as autovacuum would."""
    from django.db import connection

    from benchmarks import statistics
    from integrations.models import Connection

    connection_id = connect()
    environment_id = Connection.objects.get(pk=connection_id).environment_id
    begun = time.perf_counter()
    fill(customers * PER_CUSTOMER, connection_id)
    say(f"{customers * PER_CUSTOMER} events stored in {time.perf_counter() - begun:.0f} s")
    begun = time.perf_counter()
    drain()
    say(f"and applied in {time.perf_counter() - begun:.0f} s")
    statistics.fill([(f"conn_{number}", environment_id) for number in range(5)])
    with connection.cursor() as cursor:
        cursor.execute(PUSHES, [connection_id])
        cursor.execute("VACUUM ANALYZE")


def client() -> Any:
    """Returns a client that is logged in as a superuser."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    operator = Client()
    operator.force_login(get_user_model().objects.create_superuser("operator"))
    return operator


def lists() -> Iterator[tuple[str, list[str]]]:
    """Yields the address of each list, and the queries to open it with."""
    from django.contrib import admin
    from django.test import RequestFactory
    from django.urls import reverse

    from integrations.triage import needs

    yield reverse("admin:index"), [""]
    yield reverse("search"), [f"q={text.replace(' ', '+')}" for text in SEARCHES]
    yield reverse("statistics"), ["window=24h", "window=7d", "window=30d"]
    for model, options in admin.site._registry.items():
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        columns = range(1, len(options.get_list_display(RequestFactory().get("/"))) + 1)
        queries = ["", *(f"o={sign}{column}" for column in columns for sign in ("", "-"))]
        if options.search_fields:
            queries += [f"q={text.replace(' ', '+')}" for text in SEARCHES]
        if name == "billing_invoice":
            queries += [f"needs={code}" for code in ("any", *needs.NEEDS)]
        yield reverse(f"admin:{name}_changelist"), queries


def rows() -> Iterator[tuple[str, list[str]]]:
    """Yields the address of the page of a row of each model, and those of timelines."""
    from django.contrib import admin
    from django.urls import reverse

    from billing.admin.links import row_url
    from integrations.admin.entity_links import MODELS
    from integrations.api.timelines import KINDS

    for model in admin.site._registry:
        if (row := model._default_manager.order_by("pk").first()) is not None:
            yield row_url(row), [""]
    for kind in KINDS:
        if (row := MODELS[kind]._default_manager.order_by("pk").first()) is not None:
            yield from (
                (reverse(f"admin:integrations_note_{name}", args=[kind, row.pk]), [""])
                for name in ("latest", "timeline")
            )


def opened(operator: Any, address: str, query: str) -> tuple[float, int]:
    """Returns seconds and statements of the page; its first opening warms templates and caches."""
    operator.get(f"{address}?{query}")
    with counted() as statements:
        begun = time.perf_counter()
        page = operator.get(f"{address}?{query}")
        taken = time.perf_counter() - begun
    # The admin redirects a query that it does not know.
    assert page.status_code == 200, (address, query, page.status_code)
    return taken, statements[0]


if __name__ == "__main__":
    main()
