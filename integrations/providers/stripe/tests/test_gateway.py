"""The gateway, over HTTP, returns JSON or raises Retry or Rejected, and never repeats a secret."""

import os
import socket
import sys
from operator import attrgetter
from subprocess import run
from threading import Thread

import pytest
import stripe as sdk

from integrations.errors import Rejected, Retry
from integrations.providers.stripe import client, failures, operations
from integrations.providers.stripe.gateway import open_gateway
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.timeouts import call_timeout
from integrations.providers.stripe.version import API_VERSION


@pytest.fixture
def gateway(simulator):
    return open_gateway({"secret_key": builders.SECRET_KEY})


def test_the_pinned_version_is_the_sdks():
    assert sdk._api_version._ApiVersion.CURRENT == API_VERSION


def test_knowing_the_provider_does_not_import_the_sdk():
    code = (
        "import django, sys; django.setup(); from integrations.providers.stripe import provider;"
        "sys.exit('stripe' in sys.modules)"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "flexsync.settings"}
    assert run([sys.executable, "-c", code], env=environment, check=False).returncode == 0


class RecordingClient(sdk.HTTPClient):
    """Records the request of the SDK's own method."""

    name = "recording"

    def request(self, method, url, headers, post_data=None):
        self.recorded = method, url.removeprefix("https://api.stripe.com").partition("?")[0]
        return b"{}", 200, {}


@pytest.mark.parametrize("first_id", ["cus_1", "Pro plan/$699", "50%+?#é"])
@pytest.mark.parametrize("operation", operations.OPERATIONS)
def test_each_operation_sends_the_request_of_the_sdks_own_method(operation, first_id):
    ids = [first_id, "txi_1"][: operations.OPERATIONS[operation].count("{}")]
    recording = RecordingClient()
    method = attrgetter(operation)(sdk.StripeClient("sk_test_1", http_client=recording).v1)
    method(*ids, params={})
    assert operations.request(operation, "/".join(ids)) == recording.recorded


def test_a_response_is_plain_json_with_its_request_id(gateway, simulator):
    created = gateway.call("customers.create", {"name": "Ada"}, key="key-1")
    assert type(created) is dict and created["_request_id"].startswith("req_")
    found = gateway.call("customers.retrieve", {}, target=created["id"])
    assert found["name"] == "Ada"
    first = simulator.requests("customers.create")[0]
    assert first["idempotency_key"] == "key-1"


def test_the_same_key_with_names_in_another_order_is_the_same_call(gateway):
    first = gateway.call("customers.create", {"name": "Ada", "metadata": {"b": "2", "a": "1"}}, key="key-1")
    second = gateway.call("customers.create", {"metadata": {"a": "1", "b": "2"}, "name": "Ada"}, key="key-1")
    assert first["id"] == second["id"]


def test_the_account_is_known_by_its_key(gateway):
    account = gateway.account()
    assert (
        account.id.startswith("acct_") and account.name == "Simulated account shop" and not account.livemode
    )


def test_what_stripe_refuses_is_rejected_with_its_message(gateway):
    with pytest.raises(Rejected) as refusal:
        gateway.call("customers.retrieve", {}, target="cus_nobody")
    message = str(refusal.value)
    assert message.startswith("Stripe refused customers.retrieve: No such customer: 'cus_nobody' (")
    assert "code resource_missing, status 404, request req_" in message
    assert not refusal.value.connection_is_broken


def test_a_wrong_parameter_is_named(gateway):
    with pytest.raises(Rejected, match=r"param customer"):
        gateway.call("invoices.create", {"customer": "cus_nobody"})


def test_another_call_under_a_used_key_is_rejected(gateway):
    gateway.call("customers.create", {"name": "Ada"}, key="key-1")
    with pytest.raises(Rejected, match="same parameters"):
        gateway.call("customers.create", {"name": "Bob"}, key="key-1")


def test_a_revoked_key_breaks_the_connection_and_is_not_repeated(gateway, simulator):
    simulator.revoke_key(builders.SECRET_KEY)
    with pytest.raises(Rejected) as refusal:
        gateway.call("customers.create", {})
    assert refusal.value.connection_is_broken and builders.SECRET_KEY not in str(refusal.value)


@pytest.mark.parametrize(
    "effect", ["429", "500_before", "500_after", "reset_before", "reset_after", "timeout"]
)
def test_a_temporary_failure_is_a_retry(simulator, effect):
    simulator.faults.add("customers.create", effect)
    with call_timeout(0.5):
        gateway = open_gateway({"secret_key": builders.SECRET_KEY})
    with pytest.raises(Retry) as failure:
        gateway.call("customers.create", {"name": "Ada"}, key="key-1")
    assert "customers.create" in str(failure.value)


def test_the_sdk_repeats_a_lost_call_under_the_same_key(gateway, simulator, monkeypatch):
    monkeypatch.setattr(client, "RETRIES", 2)
    client._client.cache_clear()
    simulator.faults.add("customers.create", "reset_after")
    response = open_gateway({"secret_key": builders.SECRET_KEY}).call(
        "customers.create", {"name": "Ada"}, key="k"
    )
    sent = simulator.requests("customers.create")
    assert [call["idempotency_key"] for call in sent] == ["k", "k"] and response["name"] == "Ada"
    assert len(gateway.call("customers.list", {})["data"]) == 1


def test_connections_are_reused_within_the_process(simulator):
    assert client.client("sk_test_a") is client.client("sk_test_a")
    assert client.client("sk_test_a") is not client.client("sk_test_b")


def test_the_environments_proxy_is_used_and_its_exceptions_are_kept(simulator, settings, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        settings.STRIPE_API_BASE = "http://stripe.invalid"
        responder = Thread(target=refuse, args=[proxy])
        responder.start()
        with pytest.raises(Rejected, match="by the proxy"):
            open_gateway({"secret_key": "sk_test_proxied"}).call("customers.list", {})
        responder.join()
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    settings.STRIPE_API_BASE = simulator.base_url
    assert open_gateway({"secret_key": builders.SECRET_KEY}).call("customers.list", {})["data"] == []


def refuse(proxy):
    """Responds to one request, which is for another host."""
    caller, _address = proxy.accept()
    with caller:
        assert caller.recv(65536).startswith(b"GET http://stripe.invalid/v1/customers")
        body = b'{"error": {"message": "by the proxy"}}'
        caller.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


def error(status, headers=None, **fields):
    body = {"error": {"message": "No.", **fields}}
    return sdk.InvalidRequestError("No.", None, fields.get("code"), None, status, body, headers or {})


@pytest.mark.parametrize(
    ("given", "after"),
    [
        (sdk.RateLimitError("Slow down", http_status=429, headers={"retry-after": "7"}), 7.0),
        (sdk.RateLimitError("Slow down", http_status=429, headers={"retry-after": "Fri, 01 Jan"}), None),
        (sdk.APIError("Busy", http_status=409), None),
        (sdk.APIError("Oops", http_status=503), None),
        (error(400, {"stripe-should-retry": "true"}), None),
        (error(400, code="lock_timeout"), None),
    ],
)
def test_a_retry_waits_as_long_as_stripe_asks(given, after):
    failure = failures.failure(given, "invoices.create")
    assert isinstance(failure, Retry) and failure.after == after


def test_a_card_that_is_declined_is_rejected_with_its_reason():
    body = {"error": {"message": "Declined", "code": "card_declined", "decline_code": "insufficient_funds"}}
    declined = sdk.CardError("Declined", "", "card_declined", None, 402, body, {"request-id": "req_1"})
    assert str(failures.failure(declined, "invoices.pay")) == (
        "Stripe refused invoices.pay: Declined"
        " (code card_declined, decline insufficient_funds, status 402, request req_1)"
    )


def test_no_secret_is_repeated():
    masked = failures.without_secrets("key sk_live_abc123DEF and whsec_topsecret and rk_test_1")
    assert masked == "key sk_live_**** and whsec_**** and rk_test_****"


def test_an_unknown_operation_is_rejected(gateway):
    with pytest.raises(Rejected, match="knows no operation 'invoices.dream'"):
        gateway.call("invoices.dream", {})


@pytest.mark.parametrize(
    ("credentials", "message"),
    [
        ({}, "secret_key must begin with sk_test_, sk_live_, rk_test_ or rk_live_."),
        ({"secret_key": "pk_test_1"}, "secret_key must begin with"),
        ({"secret_key": "sk_test_1", "publishable_key": "pk_live_1"}, "different modes"),
        (
            {"secret_key": "sk_test_1", "publishable_key": "nonsense"},
            "publishable_key must begin with pk_test_",
        ),
        ({"secret_key": "sk_test_1", "webhook_secret": "secret"}, "webhook_secret must begin with whsec_"),
    ],
)
def test_keys_that_cannot_be_right_are_rejected(credentials, message):
    with pytest.raises(Rejected, match=message):
        open_gateway(credentials)
