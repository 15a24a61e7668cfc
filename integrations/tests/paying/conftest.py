"""What these tests share: Till, a connection to it, an invoice of a customer whom Till knows."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from billing.events import Kind
from billing.models import Environment, Invoice, Payment
from integrations.models import Connection
from integrations.testing import make_connection, push, registered
from integrations.tests.factories import finalized_invoice
from integrations.tests.paying import till
from integrations.tests.paying.till import Till

AMOUNT = Decimal("12.50")


@pytest.fixture
def gateway() -> Iterator[Till]:
    """Till's side; the provider is registered meanwhile."""
    made = Till()
    with registered(till.provider(made)):
        yield made


@pytest.fixture
def connection(environment: Environment, gateway: Till) -> Connection:
    """An active connection to Till with every switch on."""
    return make_connection(environment.id, "till", name="Main till")


@pytest.fixture
def invoice(connection: Connection, gateway: Till) -> Invoice:
    """An invoice of 12.50 USD, whose customer is known at Till."""
    made = finalized_invoice(connection.environment, str(AMOUNT))
    push(connection, Kind.CUSTOMER, made.customer_id)
    gateway.calls.clear()
    return made


@pytest.fixture
def payment(api: APIClient, invoice: Invoice, gateway: Till) -> Payment:
    """12.50 USD that were charged through Till."""
    charged = api.post("/v1/payments/till/charge", {"invoice_id": invoice.pk})
    assert charged.status_code == 201, charged.json()
    gateway.calls.clear()
    return Payment.objects.get(pk=charged.json()["id"])
