"""A call that fails leaves nothing half done, wherever in it the failure is."""

import pytest
import stripe

from . import factories, scenarios
from .rehearsals import RehearsingClient
from .test_trigger_chains import run
from .trigger_chains import CHAINS
from .whole_state import whole_state


@pytest.fixture
def rehearsing(server):
    server.delivery_settings(drop=-1)
    http = RehearsingClient(server)
    yield http
    http.close()


@pytest.fixture
def rehearsing_client(server, rehearsing):
    return stripe.StripeClient(
        "sk_test_demo",
        http_client=rehearsing,
        base_addresses={"api": server.base_url},
        max_network_retries=0,
    )


@pytest.fixture(autouse=True)
def endpoint(client):
    client.v1.webhook_endpoints.create({"url": "http://127.0.0.1:9/all", "enabled_events": ["*"]})
    client.v1.coupons.create({"percent_off": 5})  # an event that scenarios may look at


class TestACallThatFails:
    @pytest.mark.parametrize("scenario", scenarios.SCENARIOS, ids=lambda scenario: scenario.__name__)
    def test_changes_nothing(self, server, rehearsing, rehearsing_client, scenario):
        scenario(rehearsing_client, server)
        assert scenario is scenarios.accounts or (rehearsing.failed and rehearsing.refused)

    @pytest.mark.parametrize("event", CHAINS)
    def test_changes_nothing_at_the_end_of_a_chain(self, client, rehearsing, rehearsing_client, event):
        results = run(client, CHAINS[event][:-1])
        rehearsing.spoils = False
        run(rehearsing_client, CHAINS[event][-1:], results)


class TestAnAttemptToPay:
    def test_stays_on_record_when_it_is_declined(self, client):
        given = {
            "amount": 900,
            "currency": "usd",
            "payment_method": "pm_card_chargeDeclined",
            "confirm": True,
        }
        with pytest.raises(stripe.CardError) as declined:
            client.v1.payment_intents.create(given)
        intent = client.v1.payment_intents.list().data[0]
        assert declined.value.error.payment_intent.id == intent.id
        assert "payment_intent.payment_failed" in factories.event_types(client)

    def test_leaves_no_subscription_that_may_not_be_incomplete(self, client, server):
        owner = factories.customer_with_card(client, "pm_card_chargeCustomerFail")
        item, before = {"price": factories.price(client).id}, whole_state(server)
        given = {"customer": owner.id, "items": [item], "payment_behavior": "error_if_incomplete"}
        with pytest.raises(stripe.CardError):
            client.v1.subscriptions.create(given)
        assert whole_state(server) == before


class TestAPageThatIsRefused:
    def test_leaves_no_card_behind(self, client, server):
        owner = factories.customer(client)
        method = client.v1.payment_methods.attach("pm_usBankAccount_success", {"customer": owner.id})
        invoice = factories.open_invoice(client, owner=owner)
        client.v1.invoices.pay(invoice.id, {"payment_method": method.id})
        before = whole_state(server)
        assert server.pay_invoice(invoice.id).status_code == 400
        assert whole_state(server) == before
