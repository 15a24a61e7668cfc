"""A subscription that Stripe would charge now waits for a card, and goes on once there is one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.models import Subscription
from integrations.models import EntityMapping, OutboundSync
from integrations.payments import payment_methods
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.test_push_subscriptions import (
    at_stripe,
    change,
    give_card,
    item,
    stripe_id_of,
    subscribe,
)

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.fixture
def price(environment):
    return builders.price(environment)


class TestACard:
    @pytest.fixture
    def waiting(self, pipelines, customer, price):
        """A subscription that would be charged now, of a customer without a card."""
        row = subscribe(customer, item(price, 2))
        pipelines.settle()
        sync = OutboundSync.objects.get(entity_id=row.pk)
        assert (sync.state, sync.waits_for) == ("blocked", f"customer:{customer.pk}")
        assert "no attached payment source" in sync.last_error
        return row

    def card(self, stripe_api, customer):
        return stripe_api.v1.payment_methods.attach("pm_card_visa", {"customer": stripe_id_of(customer)}).id

    def chosen_there(self, stripe_api, connection, customer):
        give_card(stripe_api, customer)

    def chosen_here(self, stripe_api, connection, customer):
        payment_methods.choose_default(connection, customer.pk, self.card(stripe_api, customer))

    def saved_by_a_setup(self, stripe_api, connection, customer):
        params = {"customer": stripe_id_of(customer), "confirm": True, "payment_method": "pm_card_visa"}
        params |= {"automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}}
        stripe_api.v1.setup_intents.create({**params, "metadata": {"flexprice_set_default": "true"}})

    @pytest.mark.parametrize("saved", [chosen_there, chosen_here, saved_by_a_setup])
    def test_lets_what_waited_for_one_go_on(
        self, pipelines, stripe_api, connection, customer, waiting, saved
    ):
        saved(self, stripe_api, connection, customer)
        pipelines.settle()
        assert pipelines.unsettled() == []
        assert at_stripe(stripe_api, waiting).status == "active"
        assert Subscription.objects.get().status == "active"
        assert OutboundSync.objects.get(entity_id=waiting.pk).waits_for == ""
        assert [(row.total, row.status) for row in stripe_api.v1.invoices.list().data] == [(2000, "paid")]

    def test_saved_here_is_sent_with_it_where_customers_are_not(
        self, pipelines, stripe_api, connection, customer, waiting
    ):
        connection.customer_outbound_enabled = False
        connection.save()
        self.saved_by_a_setup(stripe_api, connection, customer)
        pipelines.settle()
        assert at_stripe(stripe_api, waiting).status == "active"

    def test_that_is_declined_lets_it_go_on_too(self, pipelines, stripe_api, customer, waiting):
        card = stripe_api.v1.payment_methods.attach(
            "pm_card_chargeCustomerFail", {"customer": stripe_id_of(customer)}
        )
        settings = {"invoice_settings": {"default_payment_method": card.id}}
        stripe_api.v1.customers.update(stripe_id_of(customer), settings)
        pipelines.settle()
        assert at_stripe(stripe_api, waiting).status == "incomplete"

    def test_of_another_customer_changes_nothing(self, pipelines, stripe_api, environment, waiting):
        other = builders.customer(environment, external_id="other")
        pipelines.settle()
        give_card(stripe_api, other)
        pipelines.settle()
        assert OutboundSync.objects.get(entity_id=waiting.pk).state == "blocked"

    def test_lets_the_end_of_a_trial_go_on(self, pipelines, stripe_api, customer, price):
        row = subscribe(customer, item(price), status="trialing", trial_end=timezone.now() + 10 * DAY)
        pipelines.settle()
        change(row, trial_end=None)
        pipelines.settle()
        sync = OutboundSync.objects.get(entity_id=row.pk, state="blocked")
        assert sync.waits_for == f"customer:{customer.pk}"
        give_card(stripe_api, customer)
        pipelines.settle()
        assert at_stripe(stripe_api, row).status == "active"

    def test_is_not_waited_for_where_invoices_are_sent(self, pipelines, stripe_api, waiting):
        change(waiting, collection_method="send_invoice", days_until_due=7)
        pipelines.settle()
        assert at_stripe(stripe_api, waiting).status == "active"
        assert EntityMapping.objects.filter(entity_id=waiting.pk).exists()
