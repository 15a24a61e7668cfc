"""An object that vanishes without an event, as deleted test data does."""

import httpx
import pytest
import stripe

from .factories import customer


def test_a_forgotten_object_is_found_nowhere(server, client):
    ada = customer(client)
    before = len(client.v1.events.list().data)
    server.forget(ada.id)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.customers.retrieve(ada.id)
    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")
    assert client.v1.customers.list().data == []
    assert len(client.v1.events.list().data) == before


def test_an_unknown_object_is_refused(server):
    with pytest.raises(httpx.HTTPStatusError):
        server.forget("cus_nobody")
