"""Lists: pages, filters, order, and as many queries for many rows as for one."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from billing.api import expansions
from billing.events import Kind
from billing.models import Environment, Invoice, Price
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


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What an expansion named ``twins`` was asked for; it knows of nothing but the first id."""
    asked: list[Any] = []

    def loader(kind: Kind, wanted: Any) -> dict[str, Any]:
        asked.append((kind, list(wanted)))
        return {wanted[0]: [{"provider": "test"}]}

    monkeypatch.setattr(expansions, "_loaders", {"twins": loader})
    return asked


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
        assert counts[1] <= 4

    def test_is_cut_into_pages(self, api: APIClient, environment: Environment) -> None:
        made = [row.pk for row in factories.CustomerFactory.create_batch(5, environment=environment)]
        page = api.get("/v1/customers?limit=2&offset=1").json()
        assert [item["id"] for item in page["items"]] == made[::-1][1:3]
        assert page["pagination"] == {"total": 5, "limit": 2, "offset": 1}
        assert ids(api, "/v1/customers?offset=9") == []

    def test_is_ordered_as_asked(self, api: APIClient, environment: Environment) -> None:
        made = [row.pk for row in factories.CustomerFactory.create_batch(3, environment=environment)]
        assert ids(api, "/v1/customers?ordering=created_at") == made
        assert ids(api, "/v1/customers?ordering=-created_at") == made[::-1]


class TestAFilter:
    def test_finds_by_every_field(self, api: APIClient, environment: Environment) -> None:
        wanted: Invoice = factories.InvoiceFactory(environment=environment, finalized=True)
        other = factories.InvoiceFactory(environment=environment)
        assert ids(api, "/v1/invoices?status=finalized&payment_status=pending") == [wanted.pk]
        assert ids(api, f"/v1/invoices?number={wanted.number}") == [wanted.pk]
        assert ids(api, f"/v1/invoices?customer_id={other.customer_id}") == [other.pk]
        assert set(ids(api, f"/v1/invoices?id={wanted.pk},{other.pk},inv_0")) == {wanted.pk, other.pk}
        assert ids(api, "/v1/invoices?currency=EUR") == []

    def test_finds_by_time(self, api: APIClient, environment: Environment) -> None:
        made = [factories.CustomerFactory(environment=environment) for _ in range(2)]
        between = made[1].created_at.isoformat().replace("+", "%2B")
        assert ids(api, f"/v1/customers?created_after={between}") == [made[1].pk]
        assert ids(api, f"/v1/customers?created_before={between}") == [made[0].pk]

    def test_finds_subscriptions_by_price(self, api: APIClient, environment: Environment) -> None:
        price: Price = factories.PriceFactory(environment=environment)
        wanted = factories.SubscriptionFactory(environment=environment, price=price)
        factories.SubscriptionFactory(environment=environment)
        assert ids(api, f"/v1/subscriptions?price_id={price.pk}") == [wanted.pk]


class TestExpanding:
    def test_loads_once_for_a_page(self, api: APIClient, environment: Environment, loads: list[Any]) -> None:
        factories.CustomerFactory.create_batch(2, environment=environment)
        items = api.get("/v1/customers?expand=twins").json()["items"]
        assert [item["twins"] for item in items] == [[{"provider": "test"}], []]
        assert loads == [(Kind.CUSTOMER, [item["id"] for item in items])]

    def test_works_for_one_and_costs_nothing_unasked(
        self, api: APIClient, environment: Environment, loads: list[Any]
    ) -> None:
        path = f"/v1/plans/{factories.PlanFactory(environment=environment).pk}"
        assert "twins" not in api.get(path).json()
        assert loads == []
        assert api.get(f"{path}?expand=twins").json()["twins"] == [{"provider": "test"}]

    def test_of_an_empty_page_loads_nothing(self, api: APIClient, loads: list[Any]) -> None:
        assert ids(api, "/v1/plans?expand=twins") == []
        assert loads == []
