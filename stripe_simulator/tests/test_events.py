"""The list of events."""

from . import factories


class TestEvents:
    def test_are_listed_newest_first_and_by_type(self, client):
        factories.customer(client)
        client.v1.products.create({"name": "A"})
        assert [event.type for event in client.v1.events.list()] == ["product.created", "customer.created"]
        assert [event.type for event in client.v1.events.list({"type": "customer.*"})] == ["customer.created"]
        types = {"types": ["product.created", "price.created"]}
        assert [event.type for event in client.v1.events.list(types)] == ["product.created"]

    def test_keep_the_object_as_it_was(self, client):
        customer = factories.customer(client)
        client.v1.customers.update(customer.id, {"name": "Eve"})
        created = client.v1.events.list({"type": "customer.created"}).data[0]
        assert created.data.object["name"] == "Ada"
        assert client.v1.events.retrieve(created.id).data.object["name"] == "Ada"

    def test_are_listed_for_thirty_days(self, client, server):
        factories.customer(client)
        server.advance_clock(31 * 86400)
        assert client.v1.events.list().data == []
