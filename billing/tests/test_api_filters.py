"""Filters of lists."""

from rest_framework.test import APIClient

from billing.models import Environment, Invoice, Price
from billing.tests import factories


def ids(api: APIClient, path: str) -> list[str]:
    response = api.get(path)
    assert response.status_code == 200, response.content
    return [item["id"] for item in response.json()["items"]]


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

    def test_finds_what_changed_since(self, api: APIClient, environment: Environment) -> None:
        first, second = factories.CustomerFactory.create_batch(2, environment=environment)
        first.save()
        since = first.updated_at.isoformat().replace("+", "%2B")
        assert ids(api, f"/v1/customers?updated_after={since}") == [first.pk]
        assert second.updated_at < first.updated_at

    def test_finds_any_of_several(self, api: APIClient, environment: Environment) -> None:
        made = [
            factories.InvoiceFactory(environment=environment),
            factories.InvoiceFactory(environment=environment, finalized=True),
        ]
        voided = factories.InvoiceFactory(environment=environment)
        api.post(f"/v1/invoices/{voided.pk}/void")
        assert ids(api, "/v1/invoices?status=finalized,draft") == [row.pk for row in made[::-1]]
        customers = ",".join(row.customer_id for row in made)
        assert ids(api, f"/v1/invoices?customer_id={customers}") == [row.pk for row in made[::-1]]
        assert "status" in api.get("/v1/invoices?status=draft,").json()["details"]

    def test_finds_by_metadata(self, api: APIClient, environment: Environment) -> None:
        wanted = factories.CustomerFactory(environment=environment, metadata={"a]b": "1", "size": "L, XL"})
        factories.CustomerFactory(environment=environment, metadata={"a]b": "1"})
        assert ids(api, "/v1/customers?metadata[size]=L, XL&metadata[a]b]=1") == [wanted.pk]
        assert ids(api, "/v1/customers?metadata[size]=L") == []
        for query, field in (
            ("metadata=1", "metadata"),
            ("metadata[]=1", "metadata"),
            ("name[x]=1", "name[x]"),
        ):
            assert list(api.get(f"/v1/customers?{query}").json()["details"]) == [field]

    def test_finds_subscriptions_by_price(self, api: APIClient, environment: Environment) -> None:
        price: Price = factories.PriceFactory(environment=environment)
        wanted = factories.SubscriptionFactory(environment=environment, price=price)
        factories.SubscriptionFactory(environment=environment)
        assert ids(api, f"/v1/subscriptions?price_id={price.pk}") == [wanted.pk]

    def test_names_the_choices_when_there_is_no_such(self, api: APIClient) -> None:
        response = api.get("/v1/payments?status=suceeded")
        assert response.status_code == 400
        message = response.json()["details"]["status"]
        assert message.startswith("Send one of: pending, ")
        assert "succeeded" in message
