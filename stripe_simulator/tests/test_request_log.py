"""The request log."""

from . import factories


def create(client, key=None):
    return client.v1.customers.create({"name": "Ada"}, {"idempotency_key": key} if key else None)


class TestTheRequestLog:
    def test_has_the_account_and_the_operation(self, client, server):
        create(client, "k1")
        record = server.requests("customers.create")[0]
        assert record["params"] == {"name": "Ada"}
        assert (record["account"], record["idempotency_key"], record["status"]) == ("demo", "k1", 200)

    def test_has_faults_and_replays(self, client, server):
        server.faults.add("customers.create", "slow", seconds=0)
        create(client, "k1")
        create(client, "k1")
        first, again = server.requests("customers.create")
        assert (first["fault"], first["replayed"], again["replayed"]) == ("slow", False, True)

    def test_has_the_parameters_without_effect(self, client, server):
        client.v1.customers.create({"name": "Ada", "tax": {"validate_location": "deferred"}})
        assert server.requests("customers.create")[0]["ignored"] == ["tax"]
        invoice = factories.draft(client, 1000)
        client.v1.invoices.update(invoice.id, {"footer": "x", "default_source": "card_x"})
        assert server.requests("invoices.update")[0]["ignored"] == ["default_source"]
        assert server.requests("invoices.add_lines")[0]["ignored"] == []

    def test_is_named_inside_a_list_too(self, client, server):
        data = {
            "currency": "usd",
            "product": factories.price(client).product,
            "recurring": {"interval": "month"},
        }
        item = {"price_data": data | {"unit_amount": 500}, "billing_thresholds": {"usage_gte": 9}}
        owner = factories.customer_with_card(client)
        client.v1.subscriptions.create({"customer": owner.id, "items": [item]})
        ignored = server.requests("subscriptions.create")[0]["ignored"]
        assert ignored == ["items[0][billing_thresholds]"]
