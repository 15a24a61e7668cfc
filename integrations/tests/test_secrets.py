"""A connection's secrets are not shown: not in responses, logs, dumps, reprs, tasks or stored errors."""

import json
import logging
from dataclasses import replace
from io import StringIO

import pytest
import redis
from django.conf import settings
from django.core.management import call_command

from billing.events import Kind
from flexsync.logging import masked
from integrations.errors import Rejected, Retry
from integrations.models import Connection, OutboundSync, SigningSecret
from integrations.testing import push, receive, registered
from integrations.tests import acme
from integrations.tests.factories import CustomerFactory
from integrations.tests.test_api_connections import BODY
from integrations.tests.test_inbox import event
from integrations.tests.test_webhook import PERSON, post
from integrations.tests.workers import empty_broker, until

SECRETS = [text for name, text in BODY["metadata"].items() if name != "public_key"] + ["test_rotated_secret"]


@pytest.fixture
def logged(caplog):
    """Returns all that was logged since the test began."""
    caplog.set_level(logging.DEBUG)
    return lambda: caplog.text


def assert_clean(*texts):
    for text in texts:
        assert not [secret for secret in SECRETS if secret in str(text)]


@pytest.fixture
def made(api, server):
    response = api.post(
        "/v1/connections", BODY | {"sync_config": {"customer": {"inbound": True, "outbound": True}}}
    )
    return Connection.objects.get(pk=response.json()["id"])


def test_not_in_any_response_or_log(api, made, logged):
    url = f"/v1/connections/{made.id}"
    responses = [api.get(url), api.get("/v1/connections"), api.patch(url, {"name": "New"})]
    responses += [api.post(f"{url}/{action}") for action in ("test", "pause", "resume", "webhook_endpoint")]
    responses.append(api.post(f"{url}/secrets", {"secret_key": SECRETS[-1]}))
    responses.append(post(PERSON, secret=BODY["metadata"]["webhook_secret"]))
    assert {response.status_code for response in responses} == {200}
    assert_clean(logged(), *(response.content for response in responses))


def test_not_in_reprs_or_dumps(made):
    secret = SigningSecret.objects.get()
    dump = StringIO()
    call_command("dumpdata", "integrations", stdout=dump)
    assert made.id in dump.getvalue()
    assert_clean(repr(made), str(made), repr(secret), str(secret), vars(made), vars(secret), dump.getvalue())


@pytest.mark.parametrize("fault", [Rejected, Retry, RuntimeError])
def test_not_in_stored_errors(made, server, fault):
    server.faults = {1: {"before": fault(f"key {SECRETS[0]} did not do")}}
    customer = CustomerFactory(environment=made.environment)
    sync = push(made, Kind.CUSTOMER, customer.id)
    assert "key ****ijkl did not do" in sync.last_error
    assert_clean(sync.last_error, *sync.calls.values())


def test_not_in_the_reason_of_an_event(made):
    row = receive(made, event(trouble=f"key {SECRETS[0]}"))
    assert row.reason.startswith("KeyError: 'key ****ijkl'") and SECRETS[0] not in row.reason


@pytest.mark.django_db(transaction=True)
def test_not_in_tasks(made):
    empty_broker()
    customer = CustomerFactory(environment=made.environment)
    push(made, Kind.CUSTOMER, customer.id)
    post(PERSON, secret=BODY["metadata"]["webhook_secret"])
    broker = redis.Redis.from_url(settings.REDIS_URL)
    # A queue for each priority.
    read = lambda: [message for name in broker.keys("celery*") for message in broker.lrange(name, 0, -1)]
    until(lambda: len(read()) == 2, "inbox and outbox have sent their messages")
    waiting = read()
    names = {json.loads(message)["headers"]["task"] for message in waiting}
    assert names == {"integrations.deliver", "integrations.process_inbox"}
    assert OutboundSync.objects.get().id in str(waiting)
    assert_clean(waiting)
    empty_broker()


def test_not_in_logs_whatever_the_provider_calls_them(server):
    assert masked("acme_live_1234") == "acme_live_1234"
    with registered(replace(acme.provider(server), secret_beginnings=["acme_(?:live|test)_"])):
        assert masked("key acme_live_1234 is wrong") == "key acme_live_**** is wrong"
    assert masked("Authorization: Bearer abc.def") == "Authorization: Bearer ****"
