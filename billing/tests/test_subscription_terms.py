"""How a subscription's invoices are collected, and when it ends: terms that hang together."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from billing.facts import SubscriptionItemFacts
from billing.models import Environment, Subscription
from billing.tests.api_errors import assert_error
from billing.tests.clock import NOW
from billing.tests.factories import PriceFactory, SubscriptionFactory
from billing.tests.violations import refuse

END = NOW + timedelta(days=30)
LATER = NOW + timedelta(days=90)
SENT = {"collection_method": "send_invoice", "days_until_due": 14}


@pytest.fixture
def path(environment: Environment) -> str:
    """A subscription whose last period ends at END."""
    prices = [PriceFactory(environment=environment) for _ in range(2)]
    items = [
        SubscriptionItemFacts(price.pk, Decimal(1), NOW, NOW + timedelta(days=days))
        for price, days in zip(prices, (30, 7), strict=True)
    ]
    return f"/v1/subscriptions/{SubscriptionFactory(environment=environment, items=tuple(items)).pk}"


def patched(api: APIClient, path: str, **changes: Any) -> dict[str, Any]:
    response = api.patch(path, changes)
    assert response.status_code == 200, response.content
    found: dict[str, Any] = response.json()
    return found


class TestCollection:
    def test_is_charged_unless_it_is_sent(self, api: APIClient, path: str) -> None:
        found = api.get(path).json()
        assert (found["collection_method"], found["days_until_due"]) == ("charge_automatically", None)
        found = patched(api, path, **SENT)
        assert (found["collection_method"], found["days_until_due"]) == ("send_invoice", 14)
        assert patched(api, path, days_until_due=0)["days_until_due"] == 0
        assert len(api.get("/v1/subscriptions?collection_method=send_invoice").json()["items"]) == 1

    def test_forgets_the_days_where_it_is_charged_again(self, api: APIClient, path: str) -> None:
        patched(api, path, **SENT)
        found = patched(api, path, collection_method="charge_automatically")
        assert (found["collection_method"], found["days_until_due"]) == ("charge_automatically", None)

    @pytest.mark.parametrize(
        "body",
        [
            {"collection_method": "send_invoice"},
            {"days_until_due": 14},
            {"collection_method": "charge_automatically", "days_until_due": 14},
            {"collection_method": "send_invoice", "days_until_due": -1},
            {"collection_method": "send_invoice", "days_until_due": 36_501},
            {"collection_method": "send_invoice", "days_until_due": 10**9},
            {"collection_method": "send_invoice", "days_until_due": 10**10},
        ],
    )
    def test_that_cannot_be_is_refused(self, api: APIClient, path: str, body: dict[str, Any]) -> None:
        response = api.patch(path, body)
        assert (response.status_code, list(response.json()["details"])) == (400, ["days_until_due"])

    def test_is_guarded_by_the_database(self, environment: Environment) -> None:
        subscription = SubscriptionFactory(environment=environment)
        for columns in ("collection_method = 'send_invoice'", "days_until_due = 3"):
            sql = f"UPDATE billing_subscription SET {columns} WHERE id = %s"
            assert refuse(sql, subscription.pk) == "subscription_days_until_due"

    def test_is_one_of_the_two(self, api: APIClient, path: str) -> None:
        assert_error(
            api.patch(path, {"collection_method": "barter"}), 400, "invalid", collection_method="barter"
        )


def end_of(found: dict[str, Any]) -> tuple[bool, datetime | None]:
    at = found["cancel_at"]
    return found["cancel_at_period_end"], at and datetime.fromisoformat(at)


class TestTheEnd:
    def test_of_the_period_comes_with_its_time(self, api: APIClient, path: str) -> None:
        assert end_of(patched(api, path, cancel_at_period_end=True)) == (True, END)

    @pytest.mark.parametrize("sent", [{}, {"cancel_at": END.isoformat()}])
    def test_of_the_period_leaves_with_its_time(
        self, api: APIClient, path: str, sent: dict[str, Any]
    ) -> None:
        """Also for a caller who sends back what it was given."""
        patched(api, path, cancel_at_period_end=True)
        assert end_of(patched(api, path, cancel_at_period_end=False, **sent)) == (False, None)

    def test_of_its_own_stays_without_the_other(self, api: APIClient, path: str) -> None:
        patched(api, path, cancel_at=LATER.isoformat())
        assert end_of(patched(api, path, cancel_at_period_end=False)) == (False, LATER)
        assert end_of(patched(api, path, metadata={"a": "1"})) == (False, LATER)

    @pytest.mark.parametrize("at", [LATER, None])
    def test_of_its_own_replaces_that_of_the_period(
        self, api: APIClient, path: str, at: datetime | None
    ) -> None:
        patched(api, path, cancel_at_period_end=True)
        assert end_of(patched(api, path, cancel_at=at and at.isoformat())) == (False, at)

    def test_of_the_period_replaces_one_of_its_own(self, api: APIClient, path: str) -> None:
        patched(api, path, cancel_at=LATER.isoformat())
        assert end_of(patched(api, path, cancel_at_period_end=True)) == (True, END)
        both = {"cancel_at_period_end": True, "cancel_at": LATER.isoformat()}
        assert end_of(patched(api, path, **both)) == (True, END)

    def test_at_once_takes_the_scheduled_one_away(self, api: APIClient, path: str) -> None:
        patched(api, path, cancel_at_period_end=True)
        assert end_of(api.delete(path).json()) == (False, None)

    def test_comes_with_its_time_when_it_is_created(self, api: APIClient, path: str) -> None:
        known = Subscription.objects.get()
        items = [
            {"price_id": item.price_id, "current_period_end": item.current_period_end.isoformat()}
            for item in known.items.all()
            if item.current_period_end
        ]
        body = {"customer_id": known.customer_id, "currency": known.currency, "items": items}
        made = api.post("/v1/subscriptions", body | {"cancel_at_period_end": True}).json()
        assert end_of(made) == (True, END)
