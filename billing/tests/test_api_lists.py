"""Lists: pages and order, and as many queries for many rows as for one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from billing.models import Environment
from billing.tests import factories

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
        assert page["pagination"] == {"total": 5, "limit": 2, "offset": 1}
        assert ids(api, "/v1/customers?offset=9") == []

    def test_is_ordered_as_requested(self, api: APIClient, environment: Environment) -> None:
        made = [row.pk for row in factories.CustomerFactory.create_batch(3, environment=environment)]
        assert ids(api, "/v1/customers?ordering=created_at") == made
        assert ids(api, "/v1/customers?ordering=-created_at") == made[::-1]
