"""Keys and accounts."""

import httpx
import pytest
import stripe

from .conftest import client_of


class TestAKey:
    def test_opens_the_account_of_its_label(self, server):
        first = client_of(server, "sk_test_acme_old").v1.accounts.retrieve_current()
        second = client_of(server, "sk_test_acme_new").v1.accounts.retrieve_current()
        other = client_of(server, "sk_test_other").v1.accounts.retrieve_current()
        assert first.id == second.id != other.id

    def test_sees_nothing_of_another_account(self, server, client):
        customer = client.v1.customers.create({"name": "Ada"})
        stranger = client_of(server, "sk_test_other")
        with pytest.raises(stripe.InvalidRequestError) as caught:
            stranger.v1.customers.retrieve(customer.id)
        assert caught.value.code == "resource_missing"

    def test_is_refused_once_revoked_while_its_successor_works(self, server):
        server.revoke_key("sk_test_acme_old")
        with pytest.raises(stripe.AuthenticationError) as caught:
            client_of(server, "sk_test_acme_old").v1.customers.list()
        assert caught.value.error.code == "api_key_expired"
        assert client_of(server, "sk_test_acme_new").v1.customers.list().data == []

    @pytest.mark.parametrize("key", ["sk_live_abcdefgh1234", "pk_test_demo", "nonsense", "sk_test_"])
    def test_that_is_live_or_malformed_is_refused(self, server, key):
        with pytest.raises(stripe.AuthenticationError) as caught:
            client_of(server, key).v1.customers.list()
        assert "Invalid API Key" in str(caught.value)

    def test_is_needed(self, server):
        response = httpx.get(f"{server.base_url}/v1/customers")
        assert response.status_code == 401
        assert response.json()["error"]["type"] == "invalid_request_error"

    def test_may_come_as_basic_authentication(self, server):
        response = httpx.get(f"{server.base_url}/v1/customers", auth=("sk_test_demo", ""))
        assert response.status_code == 200
