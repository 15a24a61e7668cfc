"""Rows to be sent: customers that Stripe has already, and finalized invoices that wait in the outbox."""

from dataclasses import replace
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from billing.events import Kind
from billing.facts import CustomerFacts, InvoiceFacts, LineFacts
from billing.models import Customer, Environment
from billing.services.customers import customers
from billing.services.invoices import invoices
from integrations.models import Connection
from integrations.outbox import syncs
from integrations.testing import make_connection, push

LINE = LineFacts("Seats", quantity=Decimal(3), unit_amount=Decimal("12.50"))


def send_customers(number: int) -> Connection:
    """A connection with so many customers on both sides, to which nothing is sent by itself."""
    environment = Environment.objects.create(name="Benchmarks")
    keys = {"secret_key": "sk_test_benchmarks"}
    connection = make_connection(environment.id, "stripe", on=(), credentials=keys)
    for index in range(number):
        facts = CustomerFacts(name=f"Customer {index}", email=f"{index}@example.com")
        row = customers.create(environment_id=environment.id, facts=facts)
        assert push(connection, Kind.CUSTOMER, row.id).state == "done"
    return connection


def make(connection: Connection, number: int, lines: int) -> None:
    """So many finalized invoices of so many lines, each waiting to be sent."""
    owners = list(Customer.objects.values_list("pk", flat=True))
    named = tuple(replace(LINE, description=f"Seats of team {index}") for index in range(lines))
    for index in range(number):
        facts = InvoiceFacts(customer_id=owners[index % len(owners)], currency="USD", lines=named)
        with transaction.atomic():
            draft = invoices.create(environment_id=connection.environment_id, facts=facts)
            invoices.finalize(
                environment_id=connection.environment_id, invoice_id=draft.id, now=timezone.now()
            )
            syncs.stage(connection_id=connection.id, kind=Kind.INVOICE, entity_id=draft.id)
