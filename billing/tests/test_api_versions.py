"""Two programs at one row: who sends If-Match overwrites nothing unseen."""

import os
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from rest_framework.test import APIClient

from billing.api.urls import router
from billing.models import Environment
from billing.tests import factories
from billing.tests.api_errors import assert_error
from billing.tests.conftest import client
from billing.tests.test_races import at_once

Json = dict[str, Any]
INTERLEAVINGS = int(os.environ.get("INTERLEAVINGS", "20"))
EUR = {"currency": "EUR", "unit_amount": "1"}


def rows(api: APIClient, environment: Environment) -> dict[str, tuple[str, Json]]:
    """A fresh row for each kind of change, and the body that makes it, by the change's name."""
    plan = factories.PlanFactory(environment=environment)
    price = factories.PriceFactory(environment=environment, plan=plan)
    subscriptions = factories.SubscriptionFactory.create_batch(5, environment=environment, price=price)
    drafts = factories.InvoiceFactory.create_batch(7, environment=environment)
    final = factories.InvoiceFactory(environment=environment, finalized=True)
    item = f"{subscriptions[2].pk}/items/{subscriptions[2].items.get().pk}"
    customers = factories.CustomerFactory.create_batch(2, environment=environment)
    prices = factories.PriceFactory.create_batch(2, environment=environment, plan=plan)
    plans = factories.PlanFactory.create_batch(2, environment=environment)
    line, gone = (f"{draft.pk}/lines/{draft.lines.get().pk}" for draft in drafts[4:6])
    archived = [
        getattr(factories, f"{kind}Factory")(environment=environment)
        for kind in ("Customer", "Plan", "Price")
    ]
    restores = {}
    for row in archived:
        noun = f"{row._meta.model_name}s"
        api.delete(f"/v1/{noun}/{row.pk}")
        restores[f"post {noun}/restore"] = (f"{row.pk}/restore", {})
    return restores | {
        "patch customers": (customers[0].pk, {"name": "Ada"}),
        "delete customers": (customers[1].pk, {}),
        "patch plans": (plans[0].pk, {"name": "Basic"}),
        "delete plans": (plans[1].pk, {}),
        "patch prices": (prices[0].pk, {"metadata": {"a": "1"}}),
        "delete prices": (prices[1].pk, {}),
        "patch subscriptions": (subscriptions[0].pk, {"metadata": {"a": "1"}}),
        "delete subscriptions": (subscriptions[1].pk, {}),
        "patch subscriptions/items": (item, {"quantity": "2"}),
        "post subscriptions/items": (subscriptions[3].pk + "/items", {"price_id": prices[0].pk}),
        "post subscriptions/cancel": (subscriptions[4].pk + "/cancel", {}),
        "patch invoices": (drafts[0].pk, {"footer": "Thanks"}),
        "delete invoices": (drafts[1].pk, {}),
        "post invoices/finalize": (drafts[2].pk + "/finalize", {}),
        "post invoices/lines": (drafts[3].pk + "/lines", {"description": "Set-up", "amount": "5"}),
        "patch invoices/lines": (line, {"quantity": "3"}),
        "delete invoices/lines": (gone, {}),
        "post invoices/void": (drafts[6].pk + "/void", {}),
        "post invoices/mark_uncollectible": (final.pk + "/mark_uncollectible", {}),
        "delete payments": (factories.PaymentFactory(environment=environment).pk, {}),
        "patch payments": (factories.PaymentFactory(environment=environment).pk, {"metadata": {"a": "1"}}),
    }


def changes() -> set[str]:
    """All that changes one row of billing, as the router has it."""
    found = set()
    for prefix, view, _basename in router.registry:
        for route in router.get_routes(view):
            part = route.url.removeprefix("^{prefix}/{lookup}").split("{trailing")[0].split("/(")[0]
            methods = route.mapping if "{lookup}" in route.url else {}
            found |= {
                f"{method} {prefix}{part}"
                for method, action in methods.items()
                if method in ("post", "patch", "delete") and hasattr(view, action)
            }
    return found


@pytest.mark.django_db
class TestAChange:
    def test_is_made_only_of_the_version_that_was_seen(
        self, api: APIClient, environment: Environment
    ) -> None:
        made = rows(api, environment)
        # The only item of a subscription cannot be removed: that it is refused for its version comes first.
        item = made["patch subscriptions/items"][0]
        assert made.keys() | {"delete subscriptions/items"} == changes()
        for change, (path, body) in made.items():
            method, noun = change.split()
            noun = noun.split("/")[0]
            address = f"/v1/{noun}/{path.split('/')[0]}"
            send: Callable[..., Any] = getattr(api, method)
            seen = api.get(address)
            assert seen["ETag"] == f'"{seen.json()["version"]}"', change
            refused = send(f"/v1/{noun}/{path}", body, HTTP_IF_MATCH='"99", W/"98"')
            assert (refused.status_code, refused.json()["code"]) == (412, "outdated"), change
            assert refused.json()["details"] == {"current": seen.json()}, change
            assert refused["ETag"] == seen["ETag"]
            done = send(f"/v1/{noun}/{path}", body, HTTP_IF_MATCH=f'"98", W/{seen["ETag"]}')
            assert done.status_code in (200, 201), (change, done.json())
            assert done.json()["version"] > seen.json()["version"], change
            assert done["ETag"] == f'"{done.json()["version"]}"' == api.get(address)["ETag"]
            assert send(f"/v1/{noun}/{path}", body, HTTP_IF_MATCH=seen["ETag"]).status_code == 412, change
        assert api.delete(f"/v1/subscriptions/{item}", HTTP_IF_MATCH='"99"').status_code == 412

    def test_of_any_version_is_made(self, api: APIClient, ada: Json) -> None:
        assert api.patch(f"/v1/customers/{ada['id']}", {"name": "Eve"}, HTTP_IF_MATCH="*").status_code == 200

    @pytest.mark.parametrize("tag", ["7", '"a"', "W/1", '"-1"', "x", '"1', '"' + "9" * 30 + '"'])
    def test_is_refused_for_what_is_no_tag(self, api: APIClient, ada: Json, tag: str) -> None:
        response = api.patch(f"/v1/customers/{ada['id']}", {"name": "Eve"}, HTTP_IF_MATCH=tag)
        assert_error(response, 400, "invalid", **{"If-Match": "with its quotes"})

    @pytest.mark.parametrize(
        ("method", "path"), [("get", "customers"), ("post", "customers"), ("get", "customers/{id}")]
    )
    def test_is_refused_where_nothing_depends_on_it(
        self, api: APIClient, ada: Json, method: str, path: str
    ) -> None:
        response = getattr(api, method)(f"/v1/{path.format(**ada)}", HTTP_IF_MATCH='"1"')
        assert_error(response, 400, "invalid", **{"If-Match": "Leave the header out"})

    def test_of_an_unknown_row_is_not_found(self, api: APIClient) -> None:
        assert api.patch("/v1/customers/cust_0", {"name": "Eve"}, HTTP_IF_MATCH='"1"').status_code == 404


class Program:
    """Reads an object, and writes all of it back with something added; reads again when that is refused."""

    def __init__(self, api: APIClient, address: str, add: Callable[[Json, int], Json], first: int) -> None:
        self.api, self.address, self.add = api, address, add
        self.todo, self.seen, self.tag = [first, first + 1], {}, ""

    def step(self) -> None:
        if not self.tag:
            response = self.api.get(self.address)
            self.seen, self.tag = response.json(), response["ETag"]
            return
        body = self.add(self.seen, self.todo[0])
        response = self.api.patch(self.address, body, HTTP_IF_MATCH=self.tag)
        assert response.status_code in (200, 412), response.json()
        self.tag = ""
        if response.status_code == 200:
            self.todo.pop(0)


def add_line(invoice: Json, number: int) -> Json:
    kept = [{"id": one["id"], "description": one["description"], "amount": "1"} for one in invoice["lines"]]
    return {"lines": [*kept, {"description": str(number), "amount": "1"}]}


@pytest.mark.django_db
def test_no_update_is_lost_however_two_programs_take_turns(environment: Environment) -> None:
    """`make nightly` lets 200 interleavings of them take turns."""
    chance, clients = Random(INTERLEAVINGS), [client(environment), client(environment)]
    for _ in range(INTERLEAVINGS):
        invoice = factories.InvoiceFactory(environment=environment)
        address = f"/v1/invoices/{invoice.pk}"
        programs = [Program(api, address, add_line, number * 2) for number, api in enumerate(clients)]
        while working := [one for one in programs if one.todo]:
            chance.choice(working).step()
        lines = clients[0].get(address).json()["lines"]
        assert sorted(one["description"] for one in lines[1:]) == ["0", "1", "2", "3"]


@pytest.mark.django_db(transaction=True)
def test_of_changes_at_the_same_time_one_is_made() -> None:
    environment = factories.EnvironmentFactory()
    customer = factories.CustomerFactory(environment=environment)
    found: list[int] = []

    def change(name: str) -> Callable[[], None]:
        api = client(environment)
        address = f"/v1/customers/{customer.pk}"
        return lambda: found.append(api.patch(address, {"name": name}, HTTP_IF_MATCH='"1"').status_code)

    assert at_once(*(change(str(number)) for number in range(4))) == []
    assert sorted(found) == [200, 412, 412, 412]


@pytest.mark.django_db
class TestAPart:
    def test_of_metadata_is_changed_by_its_key(self, api: APIClient, ada: Json) -> None:
        address = f"/v1/customers/{ada['id']}"
        for sent, expected in (
            ({"a": "1", "b": "2"}, {"tier": "gold", "a": "1", "b": "2"}),
            ({"a": None, "b": "3", "none": None}, {"tier": "gold", "b": "3"}),
            ({}, {"tier": "gold", "b": "3"}),
        ):
            assert api.patch(address, {"metadata": sent}).json()["metadata"] == expected
        assert_error(api.patch(address, {"metadata": {"b": 3}}), 400, "invalid", metadata="must be text")
        assert api.post("/v1/plans", {"name": "A", "metadata": {"a": None}}).json()["metadata"] == {}

    def test_of_a_subscriptions_metadata_too(self, api: APIClient, environment: Environment) -> None:
        subscription = factories.SubscriptionFactory(environment=environment, metadata={"a": "1", "b": "2"})
        response = api.patch(f"/v1/subscriptions/{subscription.pk}", {"metadata": {"a": None, "c": "3"}})
        assert response.json()["metadata"] == {"b": "2", "c": "3"}

    def test_of_an_invoice_is_a_line(self, api: APIClient, environment: Environment) -> None:
        invoice = factories.InvoiceFactory(environment=environment)
        address = f"/v1/invoices/{invoice.pk}/lines"
        first = invoice.lines.get().pk
        added = api.post(
            address, {"description": "Seats", "quantity": "2", "unit_amount": "5", "tax_percentage": "10"}
        )
        assert added.status_code == 201
        assert [one["amount"] for one in added.json()["lines"]] == ["100.00", "10.00"]
        line = added.json()["lines"][1]["id"]
        changed = api.patch(f"{address}/{line}", {"quantity": "4", "metadata": {"a": "1"}}).json()
        assert [one["id"] for one in changed["lines"]] == [first, line]
        assert (
            changed["lines"][1].items() >= {"amount": "20.00", "tax": "2.00", "unit_amount": "5.00"}.items()
        )
        assert changed["total"] == "122.00"
        alone = api.patch(f"{address}/{line}", {"amount": "7", "metadata": {"b": "2"}}).json()["lines"][1]
        assert alone.items() >= {"amount": "7.00", "tax": "0.70", "metadata": {"a": "1", "b": "2"}}.items()
        assert api.patch(f"{address}/{line}", {"quantity": "9"}).json()["lines"][1]["amount"] == "7.00"
        removed = api.delete(f"{address}/{first}")
        assert [one["id"] for one in removed.json()["lines"]] == [line]
        assert_error(api.delete(f"{address}/{first}"), 404, "not_found")
        assert_error(
            api.post(address, {"id": line, "amount": "1"}), 400, "invalid", id="no such", description=""
        )
        api.post(f"/v1/invoices/{invoice.pk}/finalize")
        assert_error(api.delete(f"{address}/{line}"), 409, "invoice_not_draft")

    def test_of_a_subscription_is_an_item(self, api: APIClient, environment: Environment) -> None:
        subscription = factories.SubscriptionFactory(environment=environment)
        price = factories.PriceFactory(environment=environment, currency=subscription.currency)
        address = f"/v1/subscriptions/{subscription.pk}/items"
        first = subscription.items.get()
        added = api.post(address, {"price_id": price.pk, "quantity": "2"})
        assert added.status_code == 201
        item = added.json()["items"][1]
        changed = api.patch(f"{address}/{item['id']}", {"quantity": "3"}).json()["items"]
        assert changed == [added.json()["items"][0], item | {"quantity": "3"}]
        assert [one["id"] for one in api.delete(f"{address}/{first.pk}").json()["items"]] == [item["id"]]
        assert_error(api.delete(f"{address}/{item['id']}"), 409, "conflict")
        assert_error(api.patch(f"{address}/{first.pk}", {"quantity": "3"}), 404, "not_found")
