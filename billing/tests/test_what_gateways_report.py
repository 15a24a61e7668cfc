"""What gateways report of money, and a person or program can see: over the API and in the admin."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from billing.errors import Invalid
from billing.facts import DisputeFacts, PriceFacts
from billing.models import Customer, Environment, Invoice, Payment, Price
from billing.services.catalog import plans
from billing.services.customers import default_methods
from billing.services.payments import disputes
from billing.tests.admin.conftest import operator
from billing.tests.admin.pages import page
from billing.tests.clock import NOW
from billing.tests.factories import CustomerFactory, InvoiceFactory, PaymentFactory, PlanFactory

__all__ = ["operator"]
BANK = "https://bank.example/confirm"


@pytest.fixture
def disputed(environment: Environment) -> Payment:
    """A payment of 100.00, of which a bank wants 30.00 back."""
    payment: Payment = PaymentFactory(environment=environment, status="succeeded")
    disputes.record(
        environment_id=environment.pk,
        payment_id=payment.pk,
        facts=DisputeFacts("du_1", Decimal(30), "needs_response", reason="fraudulent"),
        now=NOW,
    )
    return payment


@pytest.fixture
def challenged(environment: Environment) -> Payment:
    """A payment that the customer's bank wants confirmed."""
    payment: Payment = PaymentFactory(environment=environment)
    Payment.objects.filter(pk=payment.pk).update(
        status="requires_action", next_action={"type": "redirect_to_url", "url": BANK}
    )
    return payment


@pytest.fixture
def sold_abroad(environment: Environment) -> Price:
    """A price with an amount in two other currencies."""
    plan = PlanFactory(environment=environment)
    options = {"JPY": Decimal(1900), "EUR": Decimal("11.5")}
    facts = PriceFacts(plan.pk, "USD", Decimal("12.5"), currency_options=options)
    return plans.create_price(environment_id=environment.pk, facts=facts)


def shown(operator: Client, row: Any) -> str:
    """The HTML of the row's page."""
    return operator.get(page(type(row), "change", row.pk)).content.decode()


class TestADisputedPayment:
    def test_says_what_was_taken_and_by_which_dispute(self, api: APIClient, disputed: Payment) -> None:
        body = api.get(f"/v1/payments/{disputed.pk}").json()
        assert (body["amount_disputed"], body["status"]) == ("30.00", "succeeded")
        (dispute,) = body["disputes"]
        assert (dispute["amount"], dispute["status"], dispute["reason"]) == (
            "30.00",
            "needs_response",
            "fraudulent",
        )

    def test_shows_its_disputes(self, operator: Client, disputed: Payment) -> None:
        html = shown(operator, disputed)
        assert "30.00" in html and "needs response" in html and "du_1" in html

    def test_is_listed_in_as_many_queries_as_any(
        self, api: APIClient, environment: Environment, disputed: Payment
    ) -> None:
        api.get("/v1/payments")  # notes that the key was used
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as queries:
                api.get("/v1/payments")
            counts.append(len(queries))
            PaymentFactory.create_batch(3, environment=environment)
        assert counts[0] == counts[1]


class TestAPaymentThatRequiresAction:
    def test_says_what_the_customer_has_to_do(self, api: APIClient, challenged: Payment) -> None:
        body = api.get(f"/v1/payments/{challenged.pk}").json()
        assert body["next_action"] == {"type": "redirect_to_url", "url": BANK}

    def test_leads_to_the_page(self, operator: Client, challenged: Payment) -> None:
        html = shown(operator, challenged)
        assert f'href="{BANK}"' in html and "redirect to url" in html


class TestAnInvoiceOfAGateway:
    def test_says_so(self, api: APIClient, operator: Client, environment: Environment) -> None:
        invoice = InvoiceFactory(environment=environment)
        assert api.get(f"/v1/invoices/{invoice.pk}").json()["is_external"] is False
        Invoice.objects.filter(pk=invoice.pk).update(is_external=True)
        assert api.get(f"/v1/invoices/{invoice.pk}").json()["is_external"] is True
        assert "is external" in shown(operator, invoice).lower()


class TestADefaultPaymentMethod:
    def test_is_each_connections_own(
        self, api: APIClient, operator: Client, environment: Environment
    ) -> None:
        customer = CustomerFactory(environment=environment)
        for where, method in (("conn_1", "pm_1"), ("conn_2", "pm_2")):
            choose(customer, where, method)
        choose(customer, "conn_2", "")
        body = api.get(f"/v1/customers/{customer.pk}").json()
        assert body["default_payment_methods"] == {"conn_1": "pm_1"}
        assert "pm_1" in shown(operator, customer)


class TestOtherCurrencies:
    def test_are_written_with_their_decimals(self, api: APIClient, sold_abroad: Price) -> None:
        body = api.get(f"/v1/prices/{sold_abroad.pk}").json()
        assert body["currency_options"] == {"EUR": {"unit_amount": "11.50"}, "JPY": {"unit_amount": "1900"}}
        assert plans.price_facts(sold_abroad).currency_options == {
            "EUR": Decimal("11.5"),
            "JPY": Decimal(1900),
        }

    def test_are_shown(self, operator: Client, sold_abroad: Price) -> None:
        assert "11.50\N{NO-BREAK SPACE}EUR" in shown(operator, sold_abroad)

    @pytest.mark.parametrize(
        ("options", "field"),
        [
            ({"USD": Decimal(1)}, "currency_options.USD"),
            ({"XXX": Decimal(1)}, "currency_options.XXX"),
            ({"EUR": Decimal(-1)}, "currency_options.EUR.unit_amount"),
        ],
    )
    def test_that_cannot_be_are_refused(
        self, environment: Environment, options: dict[str, Decimal], field: str
    ) -> None:
        plan = PlanFactory(environment=environment)
        facts = PriceFacts(plan.pk, "USD", Decimal(1), currency_options=options)
        with pytest.raises(Invalid) as refusal:
            plans.create_price(environment_id=environment.pk, facts=facts)
        assert list(refusal.value.details) == [field]


def choose(customer: Customer, where: str, method: str) -> None:
    """Makes the method the default there."""
    default_methods.choose(
        environment_id=customer.environment_id,
        customer_id=customer.pk,
        connection_id=where,
        method=method,
        at=NOW,
    )
