"""Rows for these tests, made by billing's own services."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from billing.facts import CustomerFacts, InvoiceFacts, LineFacts, PlanFacts, PriceFacts
from billing.models import Customer, Environment, Invoice, Price
from billing.services.catalog import plans
from billing.services.customers import customers
from billing.services.invoices import invoices

SECRET_KEY = "sk_test_shop"
ADA = CustomerFacts(
    external_id="crm-1",
    name="Ada Lovelace",
    email="ada@example.com",
    phone="+44 20 7946 0958",
    address_line1="12 St James's Square",
    address_city="London",
    address_postal_code="SW1Y 4JH",
    address_country="GB",
    metadata={"tier": "gold"},
)
LINES = (
    LineFacts("Seats", quantity=Decimal(3), unit_amount=Decimal("12.50"), discount=Decimal("7.50")),
    LineFacts(
        "Storage",
        unit_amount=Decimal("20.00"),
        tax=Decimal("4.00"),
        tax_name="VAT",
        tax_percentage=Decimal(20),
        metadata={"region": "eu"},
    ),
)
TOTAL = Decimal("54.00")


def customer(environment: Environment, **facts: Any) -> Customer:
    """Ada, unless given other facts."""
    return customers.create(environment_id=environment.id, facts=CustomerFacts(**facts) if facts else ADA)


def invoice(of: Customer, lines: tuple[LineFacts, ...] = LINES, **facts: Any) -> Invoice:
    """A finalized invoice over 54.00 USD, unless given other values."""
    values = {"currency": "USD", "description": "October"} | facts
    draft = invoices.create(
        environment_id=of.environment_id, facts=InvoiceFacts(customer_id=of.id, lines=lines, **values)
    )
    return invoices.finalize(environment_id=of.environment_id, invoice_id=draft.id, now=timezone.now())


def price(environment: Environment, **facts: Any) -> Price:
    """A price of a plan of its own: 10.00 USD a month, unless given other values."""
    plan = plans.create(environment_id=environment.id, facts=PlanFacts("Growth"))
    values = {"currency": "USD", "unit_amount": Decimal(10)} | facts
    return plans.create_price(environment_id=environment.id, facts=PriceFacts(plan_id=plan.id, **values))
