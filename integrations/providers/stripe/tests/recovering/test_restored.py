"""A backup restored while Stripe went on: nothing is made or asked for twice, and no payment is lost."""

from datetime import timedelta

import pytest
from django.db import connection as database

from billing.models import Customer, Invoice, Payment
from integrations.models import Alarm, Connection
from integrations.providers.stripe.tests import builders

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = 20


def staged(environment, number):
    """Customers with an invoice each, whose pushes wait."""
    made = [
        builders.customer(environment, name=f"Customer {index}", email=f"c{index}@example.com")
        for index in range(number)
    ]
    return [builders.invoice(customer) for customer in made]


def at_stripe(stripe_api):
    """How many customers and invoices Stripe has, and the statuses of the invoices."""
    invoices = list(stripe_api.v1.invoices.list({"limit": 100}).auto_paging_iter())
    customers = list(stripe_api.v1.customers.list({"limit": 100}).auto_paging_iter())
    return len(customers), len(invoices), sorted({invoice.status for invoice in invoices})


@pytest.mark.parametrize("days", [0, 1, 40])
def test_of_before_the_pushes(backups, registered, environment, simulator, stripe_api, days):
    staged(environment, NUMBER)
    backups.push(3)
    backups.dump()
    backups.minutes_pass()
    backups.push()
    there = stripe_api.v1.invoices.list({"limit": 100}).data
    for invoice in there[:7]:
        simulator.pay_invoice(invoice.id)
    simulator.advance_clock(timedelta(days=days).total_seconds())
    backups.restore()
    backups.minutes_pass()
    backups.go_on()
    assert at_stripe(stripe_api) == (NUMBER, NUMBER, ["open", "paid"])
    assert Invoice.objects.count() == Customer.objects.count() == NUMBER
    assert Invoice.objects.filter(payment_status="succeeded").count() == 7
    assert Payment.objects.filter(status="succeeded").count() == 7
    [alarm] = Alarm.objects.filter(code="database_restored")
    assert alarm.ended_at is not None
    assert Connection.objects.get().recovering_since is None


def test_within_the_minute_of_the_backup_keys_are_repeated(backups, registered, environment, stripe_api):
    """That cannot be noticed; for a day Stripe does nothing twice under its keys."""
    staged(environment, 5)
    backups.push(1)
    backups.dump()
    backups.push()
    backups.restore()
    backups.minutes_pass()
    backups.go_on()
    assert at_stripe(stripe_api) == (5, 5, ["open"])
    assert not Alarm.objects.filter(code="database_restored").exists()


def test_over_the_tables_of_a_later_version(backups, registered, environment):
    builders.customer(environment, name="Of the backup")
    backups.dump()
    with database.cursor() as cursor:
        cursor.execute("CREATE TABLE later (customer varchar REFERENCES billing_customer (id))")
    Customer.objects.update(name="Of afterwards")
    backups.restore()
    assert Customer.objects.get().name == "Of the backup"
    assert "later" not in database.introspection.table_names()
