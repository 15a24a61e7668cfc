"""The API keeps what its own OpenAPI document promises, whatever schemathesis sends it."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from billing.models import Environment
from billing.services import environments
from billing.tests import factories
from billing.tests.openapi import NOUNS, operations

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
def app() -> Iterator[Any]:
    """The WSGI application; it must not close the connection that holds the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


class TestTheApi:
    @pytest.mark.django_db
    @pytest.mark.parametrize("mode", GenerationMode)
    @pytest.mark.parametrize("noun", NOUNS)
    def test_keeps_its_promises(
        self, document: Any, environment: Environment, app: Any, noun: str, mode: GenerationMode
    ) -> None:
        payment = factories.PaymentFactory(environment=environment)
        subscription = factories.SubscriptionFactory(environment=environment)
        known = {
            "customers": payment.customer_id,
            "plans": subscription.items.get().price.plan_id,
            "prices": subscription.items.get().price_id,
            "subscriptions": subscription.pk,
            "invoices": payment.invoice_id,
            "payments": payment.pk,
            "credit_notes": factories.CreditNoteFactory(environment=environment).pk,
        }
        _, key = environments.create_api_key(environment=environment, name="k", scope="write")
        schema = schemathesis.openapi.from_dict(document)
        schema.app = app
        for name in operations(document):
            method, path = name.split(" ")
            if path.split("/")[2] == noun:
                given_id = {"id": known[noun]} if "{id}" in path else None
                send(schema[path][method].as_strategy(mode, path_parameters=given_id), key)


def send(cases: Any, key: str) -> None:
    """Sends seeded, generated requests and compares each response with the document."""

    @settings(
        max_examples=6,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def one(case: Any) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        case.call_and_validate(headers=headers, checks=CHECKS)

    one()
