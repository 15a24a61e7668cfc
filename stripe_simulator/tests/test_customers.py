"""Customers."""

import pytest
import stripe

from . import factories


class TestACustomer:
    def test_emits_events_when_created_updated_and_deleted(self, client):
        customer = factories.customer(client)
        client.v1.customers.update(customer.id, {"email": "b@example.com"})
        client.v1.customers.delete(customer.id)
        assert factories.event_types(client) == ["customer.created", "customer.updated", "customer.deleted"]

    def test_update_that_changes_nothing_emits_nothing(self, client):
        customer = factories.customer(client)
        client.v1.customers.update(customer.id, {"email": "ada@example.com"})
        assert factories.event_types(client) == ["customer.created"]

    def test_is_returned_as_deleted_afterwards(self, client):
        customer = factories.customer(client)
        client.v1.customers.delete(customer.id)
        assert client.v1.customers.retrieve(customer.id).deleted is True
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.customers.update(customer.id, {"name": "x"})
        assert caught.value.code == "resource_missing"

    def test_that_does_not_exist_is_missing(self, client):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.customers.retrieve("cus_nobody")
        assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")
        assert "No such customer: 'cus_nobody'" in str(caught.value)

    def test_can_be_found_by_email(self, client):
        factories.customer(client, email="a@example.com")
        found = factories.customer(client, email="b@example.com")
        assert [customer.id for customer in client.v1.customers.list({"email": "b@example.com"})] == [
            found.id
        ]

    def test_can_be_created_with_a_test_card_as_default(self, client):
        params = {
            "payment_method": "pm_card_visa",
            "invoice_settings": {"default_payment_method": "pm_card_visa"},
        }
        customer = client.v1.customers.create(params)
        (method,) = client.v1.payment_methods.list({"customer": customer.id}).data
        assert customer.invoice_settings.default_payment_method == method.id

    def test_has_a_whole_address(self, client):
        customer = factories.customer(client, address={"line1": "1 Main St", "country": "US"})
        assert customer.address.to_dict() == {
            "city": None,
            "country": "US",
            "line1": "1 Main St",
            "line2": None,
            "postal_code": None,
            "state": None,
        }

    def test_needs_a_plausible_email(self, client):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            factories.customer(client, email="not an address")
        assert (caught.value.code, caught.value.param) == ("email_invalid", "email")

    def test_may_bring_a_payment_method(self, client):
        customer = client.v1.customers.create(
            {"payment_method": "pm_card_visa", "invoice_settings": {"footer": "Thanks"}}
        )
        assert client.v1.customers.payment_methods.list(customer.id).data[0].card.last4 == "4242"
        assert customer.invoice_settings.footer == "Thanks"


class TestADeletedCustomer:
    def test_loses_its_payment_methods(self, client):
        owner = factories.customer_with_card(client)
        client.v1.customers.delete(owner.id)
        method = client.v1.payment_methods.retrieve(owner.invoice_settings.default_payment_method)
        assert method.customer is None
