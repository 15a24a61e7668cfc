"""Rows to push: customers that Stripe has already, and finalized invoices that wait in the outbox."""

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


def send_customers(number: int, environment_name: str = "Benchmarks") -> Connection:
    """Returns a connection to which nothing is sent by itself, with so many customers that Stripe has."""
    environment = Environment.objects.create(name=environment_name)
    keys = {"secret_key": "sk_test_benchmarks"}
    connection = make_connection(environment.id, "stripe", on=(), credentials=keys)
    for customer in make_customers(environment, number):
        assert push(connection, Kind.CUSTOMER, customer.id).state == "done"
    return connection


def make_customers(environment: Environment, number: int) -> list[Customer]:
    """Creates so many customers."""
    named = [CustomerFacts(name=f"Customer {index}", email=f"{index}@example.com") for index in range(number)]
    return [customers.create(environment_id=environment.id, facts=facts) for facts in named]


def make_invoice(environment_id: str, customer_id: str, lines: int) -> str:
    """Creates a finalized invoice of so many lines, and returns its id."""
    named = tuple(replace(LINE, description=f"Seats of team {index}") for index in range(lines))
    facts = InvoiceFacts(customer_id=customer_id, currency="USD", lines=named)
    draft = invoices.create(environment_id=environment_id, facts=facts)
    invoices.finalize(environment_id=environment_id, invoice_id=draft.id, now=timezone.now())
    return draft.id


def stage_invoices(connection: Connection, number: int, lines: int) -> None:
    """Creates so many invoices, each waiting in the outbox."""
    owners = list(Customer.objects.values_list("pk", flat=True))
    for index in range(number):
        with transaction.atomic():
            invoice_id = make_invoice(connection.environment_id, owners[index % len(owners)], lines)
            syncs.stage(connection_id=connection.id, kind=Kind.INVOICE, entity_id=invoice_id)
