"""Rows for the tests of this app."""

from decimal import Decimal

import factory
from django.utils import timezone

from billing.facts import InvoiceFacts, LineFacts
from billing.models import Customer, Environment, Invoice
from billing.services.invoices import invoices


class EnvironmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Environment

    name = factory.Sequence(lambda n: f"Environment {n}")


class CustomerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Customer

    environment = factory.SubFactory(EnvironmentFactory)
    name = "Ada"
    email = "ada@example.com"


def finalized_invoice(environment: Environment, amount: str = "12.50") -> Invoice:
    """An invoice of one line, to be paid."""
    customer = CustomerFactory(environment=environment)
    lines = (LineFacts(description="Work", quantity=Decimal(1), unit_amount=Decimal(amount)),)
    facts = InvoiceFacts(customer_id=customer.id, currency="USD", lines=lines)
    draft = invoices.create(environment_id=environment.id, facts=facts)
    return invoices.finalize(environment_id=environment.id, invoice_id=draft.id, now=timezone.now())
