"""``/v1/customers/{id}/payment_methods/{provider}`` and the customer's pages, whatever the provider."""

import time
from dataclasses import replace
from threading import Event, Thread

import pytest
from django.db import OperationalError, transaction
from django.db import connection as database

from billing.models import Customer
from billing.services.customers import default_methods
from billing.tests.api_errors import assert_error
from integrations.errors import Rejected
from integrations.models import EntityMapping
from integrations.payments import payment_methods
from integrations.testing import registered
from integrations.tests.conftest import client
from integrations.tests.factories import CustomerFactory, EnvironmentFactory
from integrations.tests.paying import till

SETUP = {"success_url": "https://shop.example/saved", "cancel_url": "https://shop.example/account"}


@pytest.fixture
def customer(invoice):
    return invoice.customer


@pytest.fixture
def methods(customer):
    """Where the customer's saved methods are."""
    return f"/v1/customers/{customer.pk}/payment_methods/till"


@pytest.fixture
def stranger(connection):
    """A customer whom Till does not know."""
    return CustomerFactory(environment=connection.environment)


def default_of(customer, connection):
    return default_methods.method_of(Customer.objects.get(pk=customer.pk), connection.pk)


class TestSavedMethods:
    def test_are_read_from_the_provider(self, api, methods, gateway):
        first, second = api.get(methods).json()["items"]
        assert first == {
            "id": "met_visa",
            "type": "card",
            "brand": "visa",
            "last4": "4242",
            "expires": "12/2030",
            "is_default": True,
        }
        assert (second["id"], second["is_default"]) == ("met_debit", False)
        assert gateway.operations() == ["methods.list"]

    def test_are_none_for_a_customer_whom_the_provider_does_not_know(self, api, stranger, gateway):
        assert api.get(f"/v1/customers/{stranger.pk}/payment_methods/till").json() == {"items": []}
        assert gateway.calls == []

    def test_of_another_environments_customer_are_not_shown(self, api, connection):
        stranger = CustomerFactory(environment=EnvironmentFactory())
        response = api.get(f"/v1/customers/{stranger.pk}/payment_methods/till")
        assert_error(response, 404, "not_found")

    def test_are_not_supported_by_every_provider(self, api, methods, gateway):
        with registered(replace(till.provider(gateway), payment_methods=None)):
            assert_error(api.get(methods), 409, "not_supported")


class TestTheDefault:
    def test_is_changed_at_the_provider_and_here(self, api, methods, customer, connection, gateway):
        response = api.post(f"{methods}/met_debit/default", headers={"Idempotency-Key": "mine"})
        assert [item["is_default"] for item in response.json()["items"]] == [False, True]
        assert default_of(customer, connection) == "met_debit"
        assert "mine" in gateway.calls[0].key

    def test_stays_when_the_provider_refuses(self, api, methods, customer, connection, gateway):
        gateway.answers["methods.choose"] = Rejected("There is no such method.")
        assert_error(api.post(f"{methods}/met_gone/default"), 422, "provider_refused")
        assert default_of(customer, connection) == ""

    def test_needs_a_customer_whom_the_provider_knows(self, api, stranger):
        response = api.post(f"/v1/customers/{stranger.pk}/payment_methods/till/met_visa/default")
        assert "Sync it first" in assert_error(response, 409, "not_synced")["message"]

    def test_takes_no_body(self, api, methods):
        assert_error(api.post(f"{methods}/met_visa/default", {"a": 1}), 400, "invalid", a="no such field")

    def test_may_not_be_changed_by_a_key_that_may_only_read(self, methods, connection, gateway):
        reader = client(connection.environment, scope="read")
        assert reader.post(f"{methods}/met_debit/default").status_code == 403
        assert gateway.calls == []


class TestRemovingAMethod:
    def test_returns_those_that_are_left(self, api, methods):
        assert [item["id"] for item in api.delete(f"{methods}/met_visa").json()["items"]] == ["met_debit"]

    def test_forgets_the_default_that_was_removed(self, api, methods, customer, connection):
        api.post(f"{methods}/met_debit/default")
        api.delete(f"{methods}/met_debit")
        assert default_of(customer, connection) == ""

    def test_keeps_a_default_that_is_another(self, api, methods, customer, connection):
        api.post(f"{methods}/met_debit/default")
        api.delete(f"{methods}/met_visa")
        assert default_of(customer, connection) == "met_debit"


class TestSavingAMethod:
    def test_opens_a_page_in_the_currency_that_is_given(self, api, methods, gateway):
        response = api.post(f"{methods}/setup", SETUP | {"currency": "EUR", "make_default": True})
        assert response.status_code == 201
        body = response.json()
        assert body["setup_url"] == f"https://till.example/save/{body['session_id']}"
        assert gateway.calls[0].params["currency"] == "EUR" and gateway.calls[0].params["make_default"]

    def test_takes_the_customers_currency_unless_given(self, api, methods, customer, gateway):
        Customer.objects.filter(pk=customer.pk).update(currency="CHF")
        api.post(f"{methods}/setup", SETUP)
        assert gateway.calls[0].params["currency"] == "CHF"

    def test_needs_some_currency(self, api, methods, customer):
        Customer.objects.filter(pk=customer.pk).update(currency="")
        assert_error(
            api.post(f"{methods}/setup", SETUP), 400, "invalid", currency="The customer has no currency"
        )


def test_the_portal_is_opened_with_the_way_back(api, customer, gateway):
    response = api.post(f"/v1/customers/{customer.pk}/portal/till", {"return_url": "https://shop.example/me"})
    assert response.status_code == 201
    assert response.json()["portal_url"].startswith("https://till.example/portal/customers.create_")
    assert gateway.calls[0].params["return_url"] == "https://shop.example/me"


@pytest.mark.django_db(transaction=True)
def test_a_default_is_changed_while_an_event_of_the_customer_is_applied(customer, connection, gateway):
    """Both lock the customer first, then its mapping, so that neither waits for the other for ever."""
    is_locked, outcomes = Event(), []

    def choose():
        is_locked.wait(10)
        try:
            payment_methods.choose_default(connection, customer.pk, "met_debit")
            outcomes.append("chosen")
        except OperationalError as error:
            outcomes.append(str(error))
        finally:
            database.close()

    thread = Thread(target=choose)
    thread.start()
    with transaction.atomic():
        Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
        is_locked.set()
        # Long enough for the other to come as far as it can.
        time.sleep(0.5)
        mapping = EntityMapping.objects.select_for_update().get(entity_id=customer.pk)
        mapping.save()
    thread.join(10)
    assert outcomes == ["chosen"] and default_of(customer, connection) == "met_debit"
