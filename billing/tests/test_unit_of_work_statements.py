"""Statements inside a unit of work, in every spelling: none misses what waits, and no row stays known that it
changed.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef
from django.db.models.expressions import RawSQL
from django.test.utils import CaptureQueriesContext

from billing.errors import NotFound
from billing.events import Change, Kind
from billing.models import Customer, Environment, Invoice, Plan, SubscriptionItem
from billing.persistence import bulk_insert, rows
from billing.persistence.prefetch import Prefetch
from billing.persistence.statements import Statement
from billing.persistence.unit_of_work import unit_of_work
from billing.services.customers import customers
from billing.services.subscriptions import subscriptions
from billing.tests.factories import CustomerFactory, InvoiceFactory, PlanFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db

TABLE = "billing_customer"
NAMES = f"select name from {TABLE}"
ADAS = Customer.objects.filter(name="Ada")
ROWS = Customer.objects.values_list("name", flat=True)

# In each spelling the names of all customers.
SPELLINGS = {
    "unquoted": NAMES,
    "quoted": 'SELECT "name" FROM "billing_customer"',
    "qualified": "SELECT name FROM ONLY public.Billing_Customer",
    "escaped": r"""SELECT name FROM U&"billing\005fcustomer" """,
    "in a CTE": f"WITH named AS ({NAMES}) SELECT name FROM named",
    "in a view": "TABLE names",
    "in a function": "SELECT pg_temp.names()",
}
QUERIES: dict[str, Callable[[], Any]] = {
    "values": lambda: ROWS.all(),
    "iterator": lambda: ROWS.iterator(),
    "raw": lambda: (row.name for row in Customer.objects.raw(f"SELECT * FROM {TABLE}")),
    "join": lambda: Invoice.objects.values_list("customer__name", flat=True),
    "select_related": lambda: (row.customer.name for row in Invoice.objects.select_related("customer")),
    "prefetch_related": lambda: (row.customer.name for row in Invoice.objects.prefetch_related("customer")),
    "subquery": lambda: Plan.objects.annotate(of=ROWS[:1]).values_list("of", flat=True),
    "union": lambda: Plan.objects.filter(name="?").values_list("name", flat=True).union(ROWS),
    "RawSQL": lambda: Plan.objects.annotate(of=RawSQL(f"({NAMES})", [])).values_list("of", flat=True),
    "extra column": lambda: Plan.objects.extra(select={"of": NAMES}).values_list("of", flat=True),
}
# How many customers are called Ada, or plans where there is such a customer.
COUNTS: dict[str, Callable[[], int]] = {
    "count": lambda: ADAS.count(),
    "exists": lambda: ADAS.exists(),
    "aggregate": lambda: ADAS.aggregate(found=Count("pk"))["found"],
    "Exists": lambda: Plan.objects.filter(Exists(ADAS)).count(),
    "OuterRef": lambda: Invoice.objects.filter(Exists(ADAS.filter(pk=OuterRef("customer")))).count(),
    "extra condition": lambda: Plan.objects.extra(where=[f"'Ada' IN ({NAMES})"]).count(),
    "extra table": lambda: Plan.objects.extra(tables=[TABLE], where=[f"{TABLE}.name = 'Ada'"]).count(),
}


def psycopg() -> Any:
    """The connection below Django."""
    return connection.connection


def fetched(cursor: Any, sql: str) -> list[str]:
    with cursor:
        cursor.execute(sql)
        return [name for (name,) in cursor.fetchall()]


def fetched_many(cursor: Any) -> list[str]:
    with cursor:
        cursor.executemany(f"{NAMES} WHERE name <> %s", [["Grace"]], returning=True)
        return [name for (name,) in cursor.fetchall()]


def copied(cursor: Any, source: str) -> list[str]:
    with cursor, cursor.copy(f"COPY {source} TO STDOUT") as copy:
        return [name for (name,) in copy.rows()]


CURSORS: dict[str, Callable[[], list[str]]] = {
    "COPY of a table": lambda: copied(connection.cursor(), f"{TABLE} (name)"),
    "COPY of a query": lambda: copied(connection.cursor(), f"({NAMES})"),
    "executemany by psycopg": lambda: fetched_many(psycopg().cursor()),
    "COPY by psycopg": lambda: copied(psycopg().cursor(), f"{TABLE} (name)"),
    "execute by psycopg": lambda: [name for (name,) in psycopg().execute(NAMES)],
    "stream by psycopg": lambda: [name for (name,) in psycopg().cursor().stream(NAMES)],
    "named cursor": lambda: fetched(psycopg().cursor("reading"), NAMES),
}


@pytest.fixture
def ada(environment: Environment) -> Customer:
    """A customer who is still called Eve, with an invoice.

    There is a plan, and a view of the customers' names.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP VIEW names AS {NAMES}")
        cursor.execute(f"CREATE FUNCTION pg_temp.names() RETURNS SETOF text LANGUAGE sql AS '{NAMES}'")
    customer = CustomerFactory.create(environment=environment, name="Eve")
    InvoiceFactory.create(environment=environment, customer=customer)
    PlanFactory.create(environment=environment)
    return customer


def rename(customer: Customer) -> None:
    customers.update(environment_id=customer.environment_id, customer_id=customer.pk, changes={"name": "Ada"})


class TestWhatWaits:
    @pytest.mark.parametrize("sql", SPELLINGS.values(), ids=SPELLINGS.keys())
    def test_is_seen_by_sql(self, ada: Customer, sql: str) -> None:
        with unit_of_work(ada.environment_id, Prefetch()):
            rename(ada)
            assert fetched(connection.cursor(), sql) == ["Ada"]

    @pytest.mark.parametrize("read", CURSORS.values(), ids=CURSORS.keys())
    def test_is_seen_by_every_cursor(self, ada: Customer, read: Callable[[], list[str]]) -> None:
        with unit_of_work(ada.environment_id, Prefetch()):
            rename(ada)
            assert read() == ["Ada"]

    @pytest.mark.parametrize("read", QUERIES.values(), ids=QUERIES.keys())
    def test_is_seen_by_the_orm(self, ada: Customer, read: Callable[[], Any]) -> None:
        with unit_of_work(ada.environment_id, Prefetch()):
            rename(ada)
            assert list(read()) == ["Ada"]

    @pytest.mark.parametrize("count", COUNTS.values(), ids=COUNTS.keys())
    def test_is_counted_by_the_orm(self, ada: Customer, count: Callable[[], int]) -> None:
        with unit_of_work(ada.environment_id, Prefetch()):
            rename(ada)
            assert count() == 1

    def test_is_seen_by_a_cursor_that_was_opened_before(self, ada: Customer) -> None:
        with connection.cursor() as cursor, unit_of_work(ada.environment_id, Prefetch()):
            rename(ada)
            assert fetched(cursor, NAMES) == ["Ada"]

    def test_is_seen_by_a_query_that_was_compiled_before(self, ada: Customer) -> None:
        compiled = ROWS.query.sql_with_params()
        with unit_of_work(ada.environment_id, Prefetch()), connection.cursor() as cursor:
            rename(ada)
            cursor.execute(*compiled)
            assert cursor.fetchall() == [("Ada",)]

    def test_goes_on_waiting_when_a_query_reads_elsewhere(self, ada: Customer) -> None:
        with unit_of_work(ada.environment_id, Prefetch()):
            rename(ada)
            with CaptureQueriesContext(connection) as sent:
                assert Plan.objects.filter(prices__isnull=False).count() == 0
                connection.cursor().execute(Statement("SELECT 1"))
            assert len(sent) == 2

    def test_is_announced_before_other_tables_are_read(self, ada: Customer, heard: list[Change]) -> None:
        with unit_of_work(ada.environment_id, Prefetch()):
            rename(ada)
            assert not heard
            Session.objects.exists()
            assert [change.id for change in heard] == [ada.pk]

    def test_is_not_written_after_its_savepoint_was_rolled_back(self, ada: Customer) -> None:
        with unit_of_work(ada.environment_id, Prefetch()):
            with transaction.atomic():
                rename(ada)
                transaction.set_rollback(True)
            assert rows.locked(Customer, ada.environment_id, ada.pk).name == "Eve"
        assert ROWS.get() == "Eve"


def set_name(sql: str) -> Callable[[], Any]:
    return lambda: connection.cursor().execute(sql)


WRITES: dict[str, Callable[[], Any]] = {
    name: set_name(sql)
    for name, sql in {
        "lower case": "update billing_customer set name = 'Ada'",
        "quoted": """UPDATE "billing_customer" SET "name" = 'Ada'""",
        "qualified": "UPDATE ONLY public.Billing_Customer SET name = 'Ada'",
        "in a CTE": f"WITH done AS (UPDATE {TABLE} SET name = 'Ada' RETURNING id) SELECT count(*) FROM done",
        "in a view": "UPDATE names SET name = 'Ada'",
        "in a block": f"DO $$ BEGIN UPDATE {TABLE} SET name = 'Ada'; END $$",
        "after a comment": f"/* SELECT */ UPDATE {TABLE} SET name = 'Ada'",
    }.items()
} | {
    "executemany": lambda: connection.cursor().executemany(f"UPDATE {TABLE} SET name = %s", [["Ada"]]),
    "psycopg": lambda: psycopg().execute(f"UPDATE {TABLE} SET name = 'Ada'"),
    "ORM": lambda: Customer.objects.update(name="Ada"),
    "bulk_update": lambda: Customer.objects.bulk_update(
        [Customer(pk=row.pk, name="Ada") for row in Customer.objects.all()], ["name"]
    ),
    "raw": lambda: list(Customer.objects.raw(f"UPDATE {TABLE} SET name = 'Ada' RETURNING *")),
}


class TestAKnownRow:
    @pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
    def test_is_read_again_after_a_write(self, ada: Customer, write: Callable[[], Any]) -> None:
        with unit_of_work(ada.environment_id, Prefetch(changing={Kind.CUSTOMER: [ada.pk]})):
            write()
            assert rows.locked(Customer, ada.environment_id, ada.pk).name == "Ada"

    def test_is_not_read_again_without_need(self, ada: Customer) -> None:
        with unit_of_work(ada.environment_id, Prefetch(changing={Kind.CUSTOMER: [ada.pk]})):
            Plan.objects.update(name="Basic")
            with CaptureQueriesContext(connection) as sent:
                assert Environment.objects.count() == 1
                rows.locked(Customer, ada.environment_id, ada.pk)
            assert len(sent) == 2

    def test_is_gone_after_it_was_deleted(self, environment: Environment) -> None:
        eve = CustomerFactory.create(environment=environment)
        with unit_of_work(environment.pk, Prefetch(changing={Kind.CUSTOMER: [eve.pk]})):
            connection.cursor().execute(f"delete from {TABLE}")
            with pytest.raises(NotFound):
                rows.locked(Customer, environment.pk, eve.pk)

    @pytest.mark.parametrize("by_hand", [True, False])
    def test_that_was_absent_is_found_after_copy(self, environment: Environment, by_hand: bool) -> None:
        eve = CustomerFactory.create(environment=environment, name="Eve")
        with connection.cursor() as cursor, cursor.copy(f"COPY {TABLE} TO STDOUT") as copy:
            data = b"".join(copy)
        Customer.objects.all().delete()
        with unit_of_work(environment.pk, Prefetch(naming={Kind.CUSTOMER: [eve.pk]})):
            assert not rows.found(Customer, environment.pk, [eve.pk])
            if by_hand:
                with psycopg().cursor() as cursor, cursor.copy(f"copy {TABLE} from stdin") as copy:
                    copy.write(data)
            else:
                bulk_insert.insert([eve])
            assert rows.found(Customer, environment.pk, [eve.pk])[eve.pk].name == "Eve"

    def test_is_read_again_when_a_part_of_it_was_written(self, environment: Environment) -> None:
        made = SubscriptionFactory.create(environment=environment)
        with unit_of_work(environment.pk, Prefetch(changing={Kind.SUBSCRIPTION: [made.pk]})):
            SubscriptionItem.objects.update(quantity=7)
            again = rows.locked(type(made), environment.pk, made.pk)
            assert [item.quantity for item in subscriptions.facts(again).items] == [7]


def test_units_of_work_are_not_nested(environment: Environment) -> None:
    with unit_of_work(environment.pk, Prefetch()), pytest.raises(RuntimeError, match="cannot be nested"):
        unit_of_work(environment.pk, Prefetch()).__enter__()
