"""Lists: pages and order, and as many queries for many rows as for one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from billing.api import pagination, sorting
from billing.models import Environment
from billing.tests import factories
from billing.tests.api_errors import assert_error

NOUNS = {
    "customers": factories.CustomerFactory,
    "plans": factories.PlanFactory,
    "prices": factories.PriceFactory,
    "subscriptions": factories.SubscriptionFactory,
    "invoices": factories.InvoiceFactory,
    "payments": factories.PaymentFactory,
}


def ids(api: APIClient, path: str) -> list[str]:
    response = api.get(path)
    assert response.status_code == 200, response.content
    return [item["id"] for item in response.json()["items"]]


class TestAList:
    @pytest.mark.parametrize("noun", NOUNS)
    def test_costs_as_many_queries_for_20_rows_as_for_one(
        self, api: APIClient, environment: Environment, noun: str
    ) -> None:
        counts = []
        for more in (1, 19):
            NOUNS[noun].create_batch(more, environment=environment)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert len(ids(api, f"/v1/{noun}")) >= more
            counts.append(len([query for query in queries if "last_used_at" not in query["sql"][:60]]))
        assert counts[0] >= counts[1]
        # The key, the count, the rows, and two kinds of related rows at most.
        assert counts[1] <= 5

    def test_is_cut_into_pages(self, api: APIClient, environment: Environment) -> None:
        made = [row.pk for row in factories.CustomerFactory.create_batch(5, environment=environment)]
        page = api.get("/v1/customers?limit=2&offset=1").json()
        assert [item["id"] for item in page["items"]] == made[::-1][1:3]
        assert page["pagination"].items() >= {"total": 5, "limit": 2, "offset": 1}.items()
        assert ids(api, "/v1/customers?offset=9") == []

    @pytest.mark.parametrize(
        "ordering", ["", "created_at", "due_date", "-due_date", "number,-total", "-number,created_at"]
    )
    def test_is_read_to_its_end_while_rows_come_and_go(
        self, api: APIClient, environment: Environment, ordering: str
    ) -> None:
        """Of the invoices half have no number and no due date, and all totals are equal."""
        made = [
            factories.InvoiceFactory(environment=environment, finalized=number % 2 == 0)
            for number in range(7)
        ]
        query = f"?limit=2&ordering={ordering}" if ordering else "?limit=2"
        seen, page = [], api.get(f"/v1/invoices{query}").json()
        while True:
            seen += [item["id"] for item in page["items"]]
            factories.InvoiceFactory(environment=environment, finalized=True)
            if not page["pagination"]["next"]:
                break
            page = api.get(f"/v1/invoices{query}&after={page['pagination']['next']}").json()
            assert page["pagination"]["offset"] is None
        assert len(seen) == len(set(seen))
        assert set(seen) >= {invoice.pk for invoice in made}
        whole = ids(api, f"/v1/invoices{query.replace('limit=2', 'limit=250')}")
        assert seen == [one for one in whole if one in seen]

    def test_says_how_many_there_are_where_that_is_cheap_or_asked_for(
        self, api: APIClient, environment: Environment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        factories.CustomerFactory.create_batch(3, environment=environment)
        monkeypatch.setattr(pagination, "COUNTED", 2)
        for query, total in (("", None), ("&total=true", 3), ("&total=false", None), ("&id=cust_0", 0)):
            assert api.get(f"/v1/customers?limit=1{query}").json()["pagination"]["total"] == total

    def test_refuses_a_cursor_of_another_order(self, api: APIClient, environment: Environment) -> None:
        factories.CustomerFactory.create_batch(2, environment=environment)
        after = api.get("/v1/customers?limit=1").json()["pagination"]["next"]
        for query, field in (
            (f"ordering=created_at&after={after}", "after"),
            (f"after={after}x", "after"),
            (f"after={after}&offset=1", "offset"),
            ("total=yes", "total"),
        ):
            response = api.get(f"/v1/customers?{query}")
            assert response.status_code == 400
            assert list(response.json()["details"]) == [field]

    def test_is_sorted_by_what_no_index_has_only_where_few_match(
        self, api: APIClient, environment: Environment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        customer = factories.CustomerFactory(environment=environment)
        own = factories.InvoiceFactory(environment=environment, customer=customer)
        factories.InvoiceFactory.create_batch(2, environment=environment)
        monkeypatch.setattr(sorting, "SORTED", 2)
        for ordering in ("-total", "amount_remaining", "due_date,number"):
            refused = api.get(f"/v1/invoices?ordering={ordering}&total=false")
            assert_error(refused, 400, "invalid", ordering="Filter them, or leave this out")
            assert ids(api, f"/v1/invoices?ordering={ordering}&customer_id={customer.pk}") == [own.pk]
        searched = api.post("/v1/invoices/search", {"sort": "total"})
        assert_error(searched, 400, "invalid", sort="Filter them")
        for ordering in ("created_at", "-updated_at", "number,-total"):
            assert len(ids(api, f"/v1/invoices?ordering={ordering}")) == 3

    def test_is_ordered_as_requested(self, api: APIClient, environment: Environment) -> None:
        made = [row.pk for row in factories.CustomerFactory.create_batch(3, environment=environment)]
        assert ids(api, "/v1/customers?ordering=created_at") == made
        assert ids(api, "/v1/customers?ordering=-created_at") == made[::-1]
