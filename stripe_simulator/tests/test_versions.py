"""Versions and addresses of the API."""

import json
import time
from email.utils import parsedate_to_datetime

import httpx
import pytest
import stripe

from . import factories
from .subscriptions import subscribe

OLD = "2024-06-20"


class TestAVersion:
    def test_other_than_the_pinned_one_is_refused(self, server):
        headers = {"Authorization": "Bearer sk_test_demo", "Stripe-Version": "2020-08-27"}
        response = httpx.get(f"{server.base_url}/v1/customers", headers=headers)
        assert response.status_code == 400
        assert "2020-08-27" in response.json()["error"]["message"]

    def test_may_be_left_out(self, server):
        response = httpx.get(
            f"{server.base_url}/v1/customers", headers={"Authorization": "Bearer sk_test_demo"}
        )
        assert response.status_code == 200
        assert response.headers["request-id"].startswith("req_")


class TestAnAddress:
    def test_that_is_unknown_is_not_found(self, server):
        headers = {"Authorization": "Bearer sk_test_demo"}
        response = httpx.get(f"{server.base_url}/v1/unicorns", headers=headers)
        assert response.status_code == 404
        assert "Unrecognized request URL (GET: /v1/unicorns)" in response.json()["error"]["message"]

    def test_of_a_connected_account_is_forbidden(self, client):
        with pytest.raises(stripe.PermissionError):
            client.v1.customers.list(options={"stripe_account": "acct_other"})


class TestTheDateOfAResponse:
    @pytest.mark.parametrize("skew", [0, 3600, -900])
    def test_is_real_time_unless_its_clock_is_wrong(self, server, skew):
        server.advance_clock(86400)
        server.settings(date_header_skew_seconds=skew)
        headers = {"Authorization": "Bearer sk_test_demo"}
        response = httpx.get(f"{server.base_url}/v1/customers", headers=headers)
        shown = parsedate_to_datetime(response.headers["date"]).timestamp()
        assert abs(shown - time.time() - skew) < 30
        assert len(response.headers.get_list("date")) == 1


class TestAnAccountsDefaultVersion:
    def test_is_that_of_listed_events_while_an_endpoint_has_its_own(self, client, server, receiver):
        server.settings(default_api_version=OLD)
        hooks = client.v1.webhook_endpoints
        own = {"url": receiver.url, "enabled_events": ["*"], "api_version": "2026-10-28.endive"}
        assert hooks.create(own).api_version == "2026-10-28.endive"
        other = hooks.create({"url": receiver.url, "enabled_events": ["*"]})
        assert other.api_version is None
        factories.customer(client)
        received = {json.loads(request.body)["api_version"] for request in receiver.wait_for(2)}
        assert received == {"2026-10-28.endive", OLD}
        assert client.v1.events.list().data[0].api_version == OLD

    def test_gives_invoices_their_former_shape(self, client, server):
        server.settings(default_api_version=OLD)
        owner = factories.customer_with_card(client)
        invoice = client.v1.invoices.pay(factories.open_invoice(client, 700, owner=owner).id)
        events = client.v1.events.list({"types": ["invoice.paid", "payment_intent.succeeded"]}).data
        shown = {event.type: event.data.object.to_dict() for event in events}
        intent = shown["payment_intent.succeeded"]
        assert intent["invoice"] == invoice.id
        paid = shown["invoice.paid"]
        assert (paid["paid"], paid["payment_intent"]) == (True, intent["id"])
        assert (paid["charge"], paid["subscription"]) == (intent["latest_charge"], None)
        assert "parent" not in paid and "amount_overpaid" not in paid
        line = paid["lines"]["data"][0]
        assert (line["price"]["unit_amount"], line["type"]) == (700, "invoiceitem")
        assert "pricing" not in line

    def test_gives_subscriptions_one_period(self, client, server):
        server.settings(default_api_version=OLD)
        subscription = subscribe(client)
        shown = client.v1.events.list({"type": "customer.subscription.created"}).data[0].data.object
        item = subscription["items"].data[0]
        assert shown["current_period_end"] == item.current_period_end
        assert "current_period_end" not in shown["items"]["data"][0]
        paid = client.v1.events.list({"type": "invoice.paid"}).data[0].data.object
        assert paid["subscription"] == subscription.id
        assert paid["lines"]["data"][0]["type"] == "subscription"

    def test_leaves_responses_in_the_pinned_version(self, client, server):
        server.settings(default_api_version=OLD)
        assert "parent" in factories.open_invoice(client)

    def test_is_one_that_stripe_has_had(self, server):
        with pytest.raises(httpx.HTTPStatusError, match="400"):
            server.settings(default_api_version="1999-01-01")
