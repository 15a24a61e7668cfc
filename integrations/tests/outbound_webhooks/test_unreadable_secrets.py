"""A secret that none of CREDENTIAL_KEYS opens is said to be so, and gives way to a new one."""

import pytest
from cryptography.fernet import Fernet
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient
from standardwebhooks import Webhook

from billing.models import Environment
from integrations.outbound_webhooks import feed, sender
from integrations.tests.outbound_webhooks.conftest import made_endpoint
from integrations.tests.outbound_webhooks.receiver import Receiver
from integrations.tests.outbound_webhooks.test_feed import made


@pytest.mark.django_db
def test_a_new_secret_takes_the_place_of_one_that_no_key_opens(
    environment: Environment, receiver: Receiver, api: APIClient, settings: Settings
) -> None:
    address = f"/v1/webhook_endpoints/{made_endpoint(environment, receiver.url).pk}"
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode()]
    tested = api.post(f"{address}/test")
    assert (tested.status_code, tested.json()["is_success"]) == (200, False)
    assert "store the secret again" in tested.json()["error"]
    secret = api.post(f"{address}/secrets", {}, format="json").json()["secret"]
    assert api.post(f"{address}/test").json()["is_success"]
    made(environment)
    feed.publish_all(seconds=5)
    sender.work(seconds=0.5)
    for got in receiver.got:
        assert Webhook(secret).verify(got.body, got.headers) == got.event
    assert len(receiver.got) == 2
