"""Lists: newest first, in pages."""

import pytest
import stripe

from . import factories


class TestAList:
    def test_is_newest_first_and_pages_return_each_object_once(self, client):
        ids = [factories.customer(client).id for _ in range(7)]
        listed = [customer.id for customer in client.v1.customers.list({"limit": 3}).auto_paging_iter()]
        assert listed == ids[::-1]

    def test_can_be_read_backwards(self, client):
        ids = [factories.customer(client).id for _ in range(5)]
        page = client.v1.customers.list({"limit": 2, "ending_before": ids[0]})
        assert [customer.id for customer in page.data] == [ids[2], ids[1]]
        assert page.has_more

    def test_holds_ten_by_default(self, client):
        for _ in range(11):
            factories.customer(client)
        page = client.v1.customers.list()
        assert (len(page.data), page.has_more, page.url) == (10, True, "/v1/customers")

    @pytest.mark.parametrize("limit", [0, 101, -1])
    def test_of_more_than_a_hundred_or_none_is_refused(self, client, limit):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.customers.list({"limit": limit})
        assert caught.value.param == "limit"

    def test_from_an_unknown_cursor_is_refused(self, client):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.customers.list({"starting_after": "cus_nobody"})
        assert (caught.value.code, caught.value.param) == ("resource_missing", "starting_after")

    def test_is_filtered_by_creation(self, client, server):
        early = factories.customer(client)
        server.advance_clock(60)
        late = factories.customer(client)
        assert [found.id for found in client.v1.customers.list({"created": {"gt": early.created}})] == [
            late.id
        ]
        assert [found.id for found in client.v1.customers.list({"created": {"lte": early.created}})] == [
            early.id
        ]
        assert [found.id for found in client.v1.customers.list({"created": late.created})] == [late.id]

    def test_does_not_contain_what_was_deleted(self, client):
        kept, gone = factories.customer(client), factories.customer(client)
        client.v1.customers.delete(gone.id)
        assert [found.id for found in client.v1.customers.list()] == [kept.id]
