"""Empty values unset what they name."""

from . import factories


class TestAnEmptyValue:
    def test_unsets_text(self, client):
        customer = factories.customer(client, phone="1")
        assert client.v1.customers.update(customer.id, {"phone": ""}).phone is None

    def test_unsets_a_structure(self, client):
        customer = factories.customer(client, address={"city": "Paris"})
        assert customer.address.city == "Paris"
        assert client.v1.customers.update(customer.id, {"address": ""}).address is None
