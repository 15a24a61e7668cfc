"""What these tests share: a receiver on this machine, which a setting allows, and an endpoint for it."""

from collections.abc import Iterator

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from billing.models import Environment
from integrations.models import WebhookEndpoint
from integrations.outbound_webhooks import endpoints
from integrations.tests.outbound_webhooks.receiver import Receiver, receiving


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.1/32"]
    with receiving() as found:
        yield found


@pytest.fixture
def endpoint(environment: Environment, receiver: Receiver) -> WebhookEndpoint:
    return made_endpoint(environment, receiver.url)


def made_endpoint(environment: Environment, url: str, **values: object) -> WebhookEndpoint:
    made, _secret = endpoints.create(environment_id=environment.pk, url=url, now=timezone.now(), **values)
    return made
