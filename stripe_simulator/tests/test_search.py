"""Search."""

import pytest
import stripe

from . import factories
from .subscriptions import subscribe


def names(client, query):
    return sorted(found.name for found in client.v1.customers.search({"query": query}).data)


@pytest.fixture
def people(client):
    factories.customer(client, name="Ada", email="ada@example.com", metadata={"tier": "gold"})
    factories.customer(client, name="Bob", email="bob@example.org", metadata={"tier": "tin", "note": "late"})
    factories.customer(client, name="Eve", email="eve@example.org")


class TestASearch:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ('email:"ada@example.com"', ["Ada"]),
            ("email~'example.org'", ["Bob", "Eve"]),
            ('metadata["tier"]:"gold"', ["Ada"]),
            ('-metadata["tier"]:null', ["Ada", "Bob"]),
            ('metadata["tier"]:"tin" AND metadata["note"]:"late"', ["Bob"]),
            ('name:"ada" OR name:"eve"', ["Ada", "Eve"]),
            ("created>100", ["Ada", "Bob", "Eve"]),
            ("created<100", []),
        ],
    )
    def test_finds_by_stripes_language(self, client, people, query, found):
        assert names(client, query) == found

    @pytest.mark.parametrize("query", ["", "name", 'name:"a" AND', 'name:"a" AND x:"b" OR y:"c"', "???"])
    def test_refuses_what_it_cannot_read(self, client, query):
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.customers.search({"query": query})

    @pytest.mark.parametrize(
        "query", ["shoe:'x'", "email~'ad'", "email>'x'", "created>x", "metadata:'gold'", "created~'123'"]
    )
    def test_refuses_fields_and_comparisons_that_stripe_does_not_have(self, client, query):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.customers.search({"query": query})
        assert caught.value.param == "query"

    def test_finds_invoices_by_their_subscription(self, client):
        subscription = subscribe(client)
        factories.draft(client)
        found = client.v1.invoices.search({"query": f"subscription:'{subscription.id}' AND total>999"})
        assert [hit.id for hit in found.data] == [subscription.latest_invoice]

    def test_has_pages(self, client):
        for _ in range(5):
            factories.customer(client, metadata={"a": "b"})
        found = client.v1.customers.search({"query": 'metadata["a"]:"b"', "limit": 2})
        assert len({hit.id for hit in found.auto_paging_iter()}) == 5

    def test_lags_when_configured(self, client, server, people):
        server.limits(search_lag=60)
        assert names(client, 'name:"ada"') == []
        server.advance_clock(60)
        assert names(client, 'name:"ada"') == ["Ada"]
