"""Metadata is merged, is unset by empty values, and has limits."""

import httpx
import pytest
import stripe

from . import factories


class TestMetadata:
    def test_is_merged_on_update(self, client):
        customer = factories.customer(client, metadata={"a": "1", "b": "2"})
        customer = client.v1.customers.update(customer.id, {"metadata": {"b": "3", "c": "4"}})
        assert customer.metadata.to_dict() == {"a": "1", "b": "3", "c": "4"}

    def test_key_is_unset_by_an_empty_value(self, client):
        customer = factories.customer(client, metadata={"a": "1", "b": "2"})
        customer = client.v1.customers.update(customer.id, {"metadata": {"a": ""}})
        assert customer.metadata.to_dict() == {"b": "2"}

    def test_is_cleared_by_an_empty_value(self, client):
        customer = factories.customer(client, metadata={"a": "1"})
        assert client.v1.customers.update(customer.id, {"metadata": ""}).metadata.to_dict() == {}

    @pytest.mark.parametrize(
        "metadata",
        [{"k" * 41: "v"}, {"k": "v" * 501}, {f"key{index}": "v" for index in range(51)}, {"a[b]": "v"}],
        ids=["long key", "long value", "many keys", "brackets"],
    )
    def test_beyond_its_limits_is_refused(self, client, metadata):
        with pytest.raises(stripe.InvalidRequestError):
            factories.customer(client, metadata=metadata)
        assert client.v1.customers.list().data == []

    def test_is_no_list(self, server):
        response = httpx.post(
            f"{server.base_url}/v1/customers", auth=("sk_test_demo", ""), data={"metadata[]": "x"}
        )
        assert (response.status_code, response.json()["error"]["param"]) == (400, "metadata")

    def test_within_its_limits_is_kept(self, client):
        metadata = {f"{index:040d}": "v" * 500 for index in range(50)}
        assert factories.customer(client, metadata=metadata).metadata.to_dict() == metadata
