"""Bad days of a connection: its key, its limits, its webhooks."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.events import Kind
from integrations.models import InboundEvent, OutboundSync
from integrations.models.outbound import OPEN_STATES
from integrations.providers.stripe.tests import builders
from integrations.testing import push

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]


def test_a_revoked_key(desk, simulator, connection, environment, pipelines):
    simulator.revoke_key(builders.SECRET_KEY)
    push(connection, Kind.CUSTOMER, builders.customer(environment).pk)
    desk.home()
    desk.reads(
        "Broken connections",
        "Stripe does not accept the connection's secret key",
        "correct what its reason names",
    )
    desk.opens_group("Broken connections")
    desk.reads("Stripe does not accept the connection's secret key")
    desk.page.get_by_label("Secret key").fill("sk_test_shop_new_1234567890")
    desk.presses("Save")
    desk.reads("was changed successfully")
    pipelines.settle()
    desk.is_well()


def late(connection, environment, number):
    """So many customers whose pushes have failed for a quarter of an hour."""
    for index in range(number):
        push(connection, Kind.CUSTOMER, builders.customer(environment, name=f"Customer {index}").pk)
    OutboundSync.objects.update(created_at=timezone.now() - timedelta(minutes=15))


def test_a_storm_of_429(desk, simulator, connection, environment, pipelines):
    simulator.faults.add("*", "429", times=-1, seconds=0)
    late(connection, environment, 3)
    desk.home()
    desk.reads("Changes that are late", "Too many requests", "tried again by itself")
    desk.opens_group("Changes that are late")
    desk.reads("Customer 0", "Too many requests")
    simulator.faults.clear()
    desk.home()
    desk.opens_group("Changes that are late", "Try all again")
    desk.presses("Try all again")
    desk.reads("3 are tried again")
    pipelines.settle()
    desk.is_well()


def test_a_storm_of_500(desk, simulator, connection, environment, pipelines):
    simulator.faults.add("*", "500_before", times=-1)
    late(connection, environment, 6)
    desk.home()
    desk.reads("Broken connections", "Nothing is sent, and what changes waits")
    desk.opens_group("Broken connections")
    desk.acts("Test connection")
    desk.reads("500")
    simulator.faults.clear()
    desk.acts("Test connection")
    desk.reads("The connection works")
    # Seconds later, what has failed is tried again.
    OutboundSync.objects.filter(state__in=OPEN_STATES).update(next_attempt_at=timezone.now())
    pipelines.settle()
    desk.is_well()


def test_a_wrong_signing_secret(desk, simulator, connection, stripe_api, pipelines):
    secret = simulator.roll_secret(connection.webhook_endpoint_id, overlap=0)
    simulator.advance_clock(1)
    stripe_api.v1.customers.create({"name": "Grace"})
    simulator.flush_deliveries()
    assert not InboundEvent.objects.exists()
    desk.home()
    desk.reads("Refused webhooks", "No signing secret of this connection fits their signature")
    desk.opens_group("Refused webhooks")
    desk.reads("refused for their signature", "Store the signing secret that the provider shows")
    desk.follows("Back to the connection")
    desk.page.get_by_label("Webhook secret").fill(secret)
    desk.presses("Save")
    desk.reads("was changed successfully")
    simulator.flush_deliveries()
    stripe_api.v1.customers.create({"name": "Grace"})
    pipelines.settle()
    assert InboundEvent.objects.filter(state="applied").exists()
    desk.is_well()


def test_an_endpoint_that_is_disabled(desk, connection, stripe_api, polls):
    stripe_api.v1.webhook_endpoints.update(connection.webhook_endpoint_id, {"disabled": True})
    polls.after()
    polls.after(minutes=4)
    desk.home()
    desk.reads("Alarm: endpoint disabled", "Events come by polling only")
    desk.opens_group("Alarm: endpoint disabled")
    desk.reads("sends nothing to")
    desk.presses("Register webhook")
    desk.reads("now sends its events to FlexSync")
    polls.after(minutes=4)
    desk.is_well()


def test_webhooks_that_are_lost(desk, simulator, stripe_api, polls, pipelines):
    simulator.delivery_settings(drop=-1)
    stripe_api.v1.customers.create({"name": "Grace"})
    polls.after(minutes=2)
    polls.after(minutes=16)
    polls.apply()
    desk.home()
    desk.reads("Alarm: no webhooks come", "Events come by polling only")
    desk.opens_group("Alarm: no webhooks come")
    desk.reads("webhook")
    simulator.delivery_settings(drop=0)
    desk.presses("Prove it")
    desk.reads("The webhook came")
    InboundEvent.objects.filter(source="webhook").update(received_at=polls.clock())
    polls.after(minutes=4)
    pipelines.settle()
    desk.is_well()
