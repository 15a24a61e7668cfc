"""Default payment methods of customers."""

import pytest
import stripe

from . import factories


class TestADefaultPaymentMethod:
    def test_must_belong_to_the_customer(self, client):
        method = client.v1.payment_methods.attach("pm_card_visa", {"customer": factories.customer(client).id})
        other = factories.customer(client)
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.customers.update(other.id, {"invoice_settings": {"default_payment_method": method.id}})

    def test_is_gone_once_detached(self, client):
        customer = factories.customer_with_card(client)
        client.v1.payment_methods.detach(customer.invoice_settings.default_payment_method)
        found = client.v1.customers.retrieve(customer.id)
        assert found.invoice_settings.default_payment_method is None
