"""The page of the billing portal."""

import httpx
import pytest

from . import factories
from .subscriptions import subscribe


@pytest.fixture
def owner(client):
    return factories.customer_with_card(client)


@pytest.fixture
def portal(client, owner):
    return client.v1.billing_portal.sessions.create({"customer": owner.id}).url


def press(portal, choice, **fields):
    return httpx.post(portal, data={"choice": choice, **fields})


class TestThePortal:
    def test_adds_a_card_makes_it_the_default_and_removes_it(self, client, owner, portal):
        assert press(portal, "add", number="5555 5555 5555 4444").status_code == 303
        added = client.v1.customers.payment_methods.list(owner.id).data[0]
        assert added.card.brand == "mastercard"
        press(portal, "default", method=added.id)
        assert client.v1.customers.retrieve(owner.id).invoice_settings.default_payment_method == added.id
        press(portal, "remove", method=added.id)
        assert client.v1.customers.retrieve(owner.id).invoice_settings.default_payment_method is None

    def test_shows_why_a_card_is_refused(self, portal):
        for number, message in (
            ("4111", "test card numbers"),
            ("4000000000000002", "Your card was declined."),
        ):
            response = press(portal, "add", number=number)
            assert response.status_code == 400 and message in response.text

    def test_requires_authentication(self, client, server, owner, portal):
        waiting = press(portal, "add", number="4000002500003155").headers["location"]
        response = server.answer_challenge(waiting.rsplit("/")[-1])
        assert response.headers["location"].startswith(portal)
        assert len(client.v1.customers.payment_methods.list(owner.id).data) == 2

    def test_changes_nothing_of_another_customer(self, client, portal):
        other = subscribe(client)
        assert press(portal, "cancel", subscription=other.id).status_code == 404
        assert client.v1.subscriptions.retrieve(other.id).cancel_at_period_end is False
