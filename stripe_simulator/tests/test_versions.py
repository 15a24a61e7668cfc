"""Versions and addresses of the API."""

import httpx
import pytest
import stripe


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
