"""What Stripe refuses about payment methods."""

import pytest
import stripe

from . import factories


def refusal(call, *arguments):
    """Return code and parameter of the error that a call must raise."""
    with pytest.raises(stripe.InvalidRequestError) as caught:
        call(*arguments)
    return caught.value.code, caught.value.param


class TestAPaymentMethod:
    def test_once_detached_can_never_be_used_again(self, client):
        owner = factories.customer_with_card(client)
        method = owner.invoice_settings.default_payment_method
        client.v1.payment_methods.detach(method)
        unexpected = ("payment_method_unexpected_state", "payment_method")
        assert refusal(client.v1.payment_methods.attach, method, {"customer": owner.id}) == unexpected
        intent = {"amount": 100, "currency": "usd", "payment_method": method}
        assert refusal(client.v1.payment_intents.create, intent) == unexpected

    def test_without_a_customer_cannot_be_changed(self, client):
        method = client.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
        code, _ = refusal(client.v1.payment_methods.update, method.id, {"metadata": {"a": "b"}})
        assert code == "payment_method_unexpected_state"

    def test_of_another_customer_is_not_found(self, client):
        owner, other = factories.customer_with_card(client), factories.customer(client)
        method = owner.invoice_settings.default_payment_method
        assert client.v1.customers.payment_methods.retrieve(owner.id, method).id == method
        code, _ = refusal(client.v1.customers.payment_methods.retrieve, other.id, method)
        assert code == "resource_missing"
