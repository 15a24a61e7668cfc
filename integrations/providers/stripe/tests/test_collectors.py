"""Each invoice is collected through one connection: the named, the chosen by rules, or the only one."""

import pytest
from rest_framework.test import APIClient

from billing.services import environments
from billing.tests.api_errors import assert_error
from integrations.providers.stripe.tests import builders
from integrations.testing import make_connection

pytestmark = pytest.mark.django_db
LINES = [{"description": "Seats", "unit_amount": "10"}]


@pytest.fixture
def api(environment):
    _, key = environments.create_api_key(environment=environment, name="tests", scope="write")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    return client


@pytest.fixture
def make(environment):
    """Makes a connection with a name and options."""
    return lambda name, **options: make_connection(environment.id, "stripe", name=name, **options).pk


@pytest.fixture
def customer(environment):
    return builders.customer(environment, name="Ada", address_country="DE")


@pytest.fixture
def finalized(api, customer):
    """Makes and finalizes an invoice; returns the response."""

    def finalized(**values):
        body = {"customer_id": customer.id, "currency": "EUR", "lines": LINES} | values
        made = api.post("/v1/invoices", body)
        assert made.status_code == 201, made.json()
        return api.post(f"/v1/invoices/{made.json()['id']}/finalize")

    return finalized


def test_nobody_collects_without_a_connection(finalized):
    assert finalized().json()["connection_id"] == ""


def test_the_only_connection_collects(make, finalized):
    only = make("One")
    assert finalized().json()["connection_id"] == only


def test_one_that_sends_no_invoices_does_not(make, finalized):
    sender = make("One")
    make("Two", on=("customer_outbound_enabled",))
    assert finalized().json()["connection_id"] == sender


def test_two_that_would_collect_are_refused(make, finalized):
    first, second = make("One"), make("Two")
    refused = assert_error(finalized(), 409, "several_connections", connection_id=f"{first} (One)")
    assert f"{second} (Two)" in refused["message"]


@pytest.mark.parametrize(
    ("rules", "currency", "chosen"),
    [
        ([{"collects_currencies": ["EUR"]}, {"collects_currencies": ["USD"]}], "EUR", 0),
        ([{"collects_currencies": ["EUR"]}, {"collects_currencies": ["USD"]}], "USD", 1),
        ([{"collects_currencies": ["EUR"]}, {}], "EUR", 0),
        ([{"collects_currencies": ["EUR"]}, {}], "USD", 1),
        ([{"collects_countries": ["DE", "AT"]}, {"collects_countries": ["FR"]}], "EUR", 0),
        ([{"collects_countries": ["FR"]}, {}], "EUR", 1),
        (
            [{"collects_currencies": ["EUR"], "collects_countries": ["FR"]}, {"collects_countries": ["DE"]}],
            "EUR",
            1,
        ),
    ],
)
def test_rules_choose(make, finalized, rules, currency, chosen):
    connections = [make(f"Connection {number}", **rule) for number, rule in enumerate(rules)]
    assert finalized(currency=currency).json()["connection_id"] == connections[chosen]


def test_no_rule_that_fits_means_that_nobody_collects(make, finalized):
    make("One", collects_currencies=["USD"])
    make("Two", collects_countries=["FR"])
    assert finalized().json()["connection_id"] == ""


def test_two_rules_that_fit_are_refused(make, finalized):
    make("One", collects_currencies=["EUR"])
    make("Two", collects_countries=["DE"])
    assert_error(finalized(), 409, "several_connections", connection_id="Send one of")


def test_the_customers_connection_goes_before_rules(api, make, customer, finalized):
    make("One", collects_currencies=["EUR"])
    second = make("Two")
    assert (
        api.patch(f"/v1/customers/{customer.id}", {"connection_id": second}).json()["connection_id"] == second
    )
    assert finalized().json()["connection_id"] == second


def test_the_invoices_connection_goes_before_the_customers(api, make, customer, finalized):
    first, second = make("One"), make("Two")
    api.patch(f"/v1/customers/{customer.id}", {"connection_id": second})
    assert finalized(connection_id=first).json()["connection_id"] == first


def test_one_that_was_deleted_no_longer_counts(api, make, customer, finalized):
    first = make("One")
    api.patch(f"/v1/customers/{customer.id}", {"connection_id": first})
    api.delete(f"/v1/connections/{first}")
    second = make("Two")
    assert finalized().json()["connection_id"] == second


@pytest.mark.parametrize("path", ["/v1/customers", "/v1/invoices"])
def test_a_connection_must_be_of_the_environment(api, customer, path):
    body = {"name": "Ada"} if path == "/v1/customers" else {"customer_id": customer.id, "currency": "EUR"}
    answer = api.post(path, body | {"connection_id": "conn_elsewhere"})
    assert_error(answer, 400, "invalid", connection_id="There is no connection conn_elsewhere.")
