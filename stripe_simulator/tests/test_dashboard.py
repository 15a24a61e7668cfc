"""The dashboard."""

import httpx

from . import factories


class TestTheDashboard:
    def test_is_empty_at_first(self, server):
        assert "No account yet" in httpx.get(server.base_url).text

    def test_shows_objects_events_deliveries_requests_and_faults(self, client, server):
        server.delivery_settings(drop=-1)
        client.v1.webhook_endpoints.create({"url": "http://127.0.0.1:9/hook", "enabled_events": ["*"]})
        customer = factories.customer(client)
        server.faults.add("products.create", "500_after")
        text = httpx.get(server.base_url, params={"account": "demo"}).text
        for expected in (
            customer.id,
            "customer.created",
            "http://127.0.0.1:9/hook",
            "customers.create",
            "500_after",
        ):
            assert expected in text
        assert customer.id in httpx.get(server.base_url, params={"kind": "customer"}).text

    def test_shows_an_object_with_links(self, client, server):
        invoice = factories.open_invoice(client)
        text = httpx.get(f"{server.base_url}/_simulator/objects/{invoice.id}").text
        assert f'href="/_simulator/objects/{invoice.customer}"' in text
        assert httpx.get(f"{server.base_url}/_simulator/objects/x").status_code == 404

    def test_shows_an_object_where_stripes_dashboard_has_it(self, client, server):
        customer, account = factories.customer(client), client.v1.accounts.retrieve_current().id
        page = f"{server.base_url}/{account}/test/customers/{customer.id}"
        assert customer.id in httpx.get(page).text
