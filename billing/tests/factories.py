"""Rows to test with, made through the services, as every entry point makes them."""

from decimal import Decimal
from typing import Any

import factory

from billing.facts import (
    CreditNoteFacts,
    CustomerFacts,
    InvoiceFacts,
    LineFacts,
    PaymentFacts,
    PlanFacts,
    PriceFacts,
    SubscriptionFacts,
    SubscriptionItemFacts,
)
from billing.models import CreditNote, Customer, Environment, Invoice, Payment, Plan, Price, Subscription
from billing.services import environments
from billing.services.catalog import plans
from billing.services.customers import customers
from billing.services.invoices import invoices, reported_credit_notes
from billing.services.payments import payments
from billing.services.subscriptions import subscriptions
from billing.tests.clock import NOW


class EnvironmentFactory(factory.django.DjangoModelFactory):
    """An environment."""

    class Meta:
        model = Environment

    name = factory.Sequence(lambda number: f"environment {number}")
    kind = "sandbox"

    @classmethod
    def _create(cls, _model: type[Environment], **columns: Any) -> Environment:
        return environments.create(**columns)


class RowFactory(factory.Factory):
    """A row of an environment, which is made when none is given."""

    class Meta:
        abstract = True

    environment = factory.SubFactory(EnvironmentFactory)


class CustomerFactory(RowFactory):
    """A customer."""

    class Meta:
        model = Customer

    name = factory.Faker("company")
    email = factory.Faker("email")

    @classmethod
    def _create(cls, _model: type[Customer], environment: Environment, **facts: Any) -> Customer:
        return customers.create(environment_id=environment.pk, facts=CustomerFacts(**facts))


class PlanFactory(RowFactory):
    """A plan."""

    class Meta:
        model = Plan

    name = factory.Sequence(lambda number: f"plan {number}")

    @classmethod
    def _create(cls, _model: type[Plan], environment: Environment, **facts: Any) -> Plan:
        return plans.create(environment_id=environment.pk, facts=PlanFacts(**facts))


class PriceFactory(RowFactory):
    """A flat monthly price of a plan of its own."""

    class Meta:
        model = Price

    plan = factory.SubFactory(PlanFactory, environment=factory.SelfAttribute("..environment"))
    currency = "USD"
    unit_amount = Decimal("19.90")

    @classmethod
    def _create(cls, _model: type[Price], environment: Environment, plan: Plan, **facts: Any) -> Price:
        return plans.create_price(environment_id=environment.pk, facts=PriceFacts(plan_id=plan.pk, **facts))


class SubscriptionFactory(RowFactory):
    """An active subscription with one item."""

    class Meta:
        model = Subscription

    customer = factory.SubFactory(CustomerFactory, environment=factory.SelfAttribute("..environment"))
    price = factory.SubFactory(PriceFactory, environment=factory.SelfAttribute("..environment"))
    currency = "USD"

    @classmethod
    def _create(
        cls,
        _model: type[Subscription],
        environment: Environment,
        customer: Customer,
        price: Price,
        **facts: Any,
    ) -> Subscription:
        facts.setdefault("items", (SubscriptionItemFacts(price_id=price.pk),))
        return subscriptions.create(
            environment_id=environment.pk, facts=SubscriptionFacts(customer_id=customer.pk, **facts)
        )


class InvoiceFactory(RowFactory):
    """A draft of one line of 100.00; ``finalized=True`` makes it due."""

    class Meta:
        model = Invoice

    customer = factory.SubFactory(CustomerFactory, environment=factory.SelfAttribute("..environment"))
    currency = "USD"
    lines = (LineFacts("Seats", unit_amount=Decimal(100)),)
    finalized = False

    @classmethod
    def _create(
        cls,
        _model: type[Invoice],
        environment: Environment,
        customer: Customer,
        finalized: bool,
        **facts: Any,
    ) -> Invoice:
        invoice = invoices.create(
            environment_id=environment.pk, facts=InvoiceFacts(customer_id=customer.pk, **facts)
        )
        if not finalized:
            return invoice
        return invoices.finalize(environment_id=environment.pk, invoice_id=invoice.pk, now=NOW)


class PaymentFactory(RowFactory):
    """A pending payment of 100.00 for a finalized invoice of its own."""

    class Meta:
        model = Payment

    invoice = factory.SubFactory(
        InvoiceFactory, environment=factory.SelfAttribute("..environment"), finalized=True
    )
    amount = Decimal(100)

    @classmethod
    def _create(
        cls, _model: type[Payment], environment: Environment, invoice: Invoice, **facts: Any
    ) -> Payment:
        facts.setdefault("currency", invoice.currency)
        return payments.create(
            environment_id=environment.pk,
            facts=PaymentFacts(customer_id=invoice.customer_id, invoice_id=invoice.pk, **facts),
            now=NOW,
        )


def credit_note_facts(**facts: Any) -> CreditNoteFacts:
    """A credit note of 4.00 on an open invoice, as a gateway reports it."""
    defaults = {"gateway_credit_note_id": "cn_1", "before_payment": Decimal(4), "issued_at": NOW}
    return CreditNoteFacts(**(defaults | facts))


class CreditNoteFactory(RowFactory):
    """A credit note of 4.00 on a finalized invoice of its own, issued at a gateway."""

    class Meta:
        model = CreditNote

    invoice = factory.SubFactory(
        InvoiceFactory, environment=factory.SelfAttribute("..environment"), finalized=True
    )

    @classmethod
    def _create(
        cls, _model: type[CreditNote], environment: Environment, invoice: Invoice, **facts: Any
    ) -> CreditNote:
        return reported_credit_notes.record(
            environment_id=environment.pk,
            invoice_id=invoice.pk,
            facts=credit_note_facts(**facts),
            gateway="stripe",
            connection_id="conn_1",
        )
