"""Restricted keys: some permissions, and a 403 for everything else."""

import httpx
import pytest
import stripe

from stripe_simulator import resources
from stripe_simulator.operations import OPERATIONS
from stripe_simulator.requests.permissions import _RESOURCES

from .conftest import client_of

KEY = "rk_test_demo_reader0123456789"


def forbidden(call, *arguments):
    with pytest.raises(stripe.PermissionError) as caught:
        call(*arguments)
    return caught.value


class TestARestrictedKey:
    def test_does_what_its_permissions_allow(self, server, client):
        server.restrict_key(KEY, "customer_write", "invoice_read")
        restricted = client_of(server, KEY)
        customer = restricted.v1.customers.create({"name": "Ada"})
        assert client.v1.customers.retrieve(customer.id).name == "Ada"
        assert restricted.v1.customers.retrieve(customer.id).name == "Ada"
        assert restricted.v1.invoices.list().data == []

    def test_gets_a_403_that_names_the_missing_permission(self, server, client):
        server.restrict_key(KEY, "invoice_read")
        restricted = client_of(server, KEY)
        error = forbidden(restricted.v1.invoices.create, {"customer": "cus_1"})
        account = client.v1.accounts.retrieve_current().id
        assert error.http_status == 403
        assert error.user_message.startswith("The provided key 'rk_test_")
        assert error.user_message.endswith(
            f"does not have the required permissions for this endpoint on account '{account}'. Having the"
            " 'rak_invoice_write' permission would allow this request to continue."
        )
        assert KEY not in error.user_message

    def test_leaves_nothing_behind_when_it_is_refused(self, server, client):
        server.restrict_key(KEY, "customer_read")
        forbidden(client_of(server, KEY).v1.customers.create, {"name": "Ada"})
        assert client.v1.customers.list().data == []

    def test_can_be_given_other_permissions(self, server):
        server.restrict_key(KEY)
        forbidden(client_of(server, KEY).v1.products.list)
        server.restrict_key(KEY, "rak_product_read")
        assert client_of(server, KEY).v1.products.list().data == []

    def test_without_a_set_of_permissions_may_do_everything(self, server):
        assert client_of(server, KEY).v1.customers.create({"name": "Ada"}).name == "Ada"

    @pytest.mark.parametrize(
        "body", [{"key": KEY, "permissions": ["x"]}, {"key": KEY}, {"key": "sk_test_demo", "permissions": []}]
    )
    def test_is_not_set_by_what_the_control_api_does_not_know(self, server, body):
        with pytest.raises(httpx.HTTPStatusError, match="400"):
            server.control("POST", "keys/restrict", body)


def test_each_operation_has_its_permission():
    resources.load()
    assert {name.partition(".")[0] for name in OPERATIONS} == _RESOURCES.keys()
