"""While Stripe limits the rate, is down or refuses the key, work waits, and then continues by itself."""

from datetime import timedelta

import pytest
import stripe as sdk
from cryptography.fernet import Fernet
from django.utils import timezone
from rest_framework.test import APIClient

from billing.errors import Invalid
from billing.events import Kind
from billing.services import environments
from integrations.connections import credentials, health, manage
from integrations.errors import Forbidden, Rejected, Retry, Throttled, Unreachable
from integrations.gateway import circuit_breaker
from integrations.models import OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.outbox import worker
from integrations.providers.stripe import client
from integrations.providers.stripe.failures import failure
from integrations.providers.stripe.gateway import StripeGateway
from integrations.providers.stripe.tests import builders
from integrations.testing import push
from integrations.tests.workers import empty_broker

pytestmark = pytest.mark.django_db
ANOTHER_KEY = "sk_test_shop_rotated"


@pytest.fixture(autouse=True)
def _only_the_failures_of_the_test(simulator, monkeypatch):
    empty_broker()
    monkeypatch.setattr(client, "TIMEOUTS", (20.0, 20.0))
    monkeypatch.setattr(client, "PERSONS_TIMEOUTS", (20.0, 20.0))


def pushed(connection, number):
    """Pushes that many new customers."""
    rows = [builders.customer(connection.environment, name=f"Customer {n}") for n in range(number)]
    return [push(connection, Kind.CUSTOMER, row.id) for row in rows]


def assert_work_continues(connection, stripe_api):
    """The probe succeeds, and every waiting push is done once."""
    connection.refresh_from_db()
    health.probe(connection.id, connection.next_probe_at)
    connection.refresh_from_db()
    assert (connection.status, connection.status_reason) == (ConnectionStatus.ACTIVE, "")
    later = timezone.now() + timedelta(hours=1)
    for sync in OutboundSync.objects.order_by("created_at"):
        worker.deliver(sync.id, now=later)
    assert set(OutboundSync.objects.values_list("state", flat=True)) == {"done"}
    names = [row.name for row in stripe_api.v1.customers.list({"limit": 100}).data]
    assert sorted(names) == sorted(set(names)) and len(names) == OutboundSync.objects.count()


@pytest.mark.parametrize("operation", ["invoices.create", "invoices.add_lines", "invoices.finalize_invoice"])
def test_a_429_delays_the_call_and_counts_as_no_attempt(
    simulator, stripe_api, connection, customer, operation
):
    invoice = builders.invoice(customer)
    simulator.faults.add(operation, "429")
    sync = push(connection, Kind.INVOICE, invoice.id)
    assert (sync.state, sync.attempts, sync.last_error) == ("done", 1, "")
    keys = [call["idempotency_key"] for call in simulator.requests(operation)]
    assert len(keys) == 2 and len(set(keys)) == 1
    found = [(row.total, row.status, len(row.lines.data)) for row in stripe_api.v1.invoices.list().data]
    assert found == [(5400, "open", 3)]


def test_an_endless_429_lets_the_row_wait(simulator, connection):
    simulator.faults.add("customers.create", "429", times=-1)
    sync = pushed(connection, 1)[0]
    assert (sync.state, sync.attempts) == ("sending", 0)
    assert "Stripe could not complete customers.create" in sync.last_error
    connection.refresh_from_db()
    assert connection.status == "active", "a Stripe that responds is not down"


def test_few_calls_are_made_while_stripe_is_down(simulator, stripe_api, connection):
    simulator.faults.add("*", "reset_before", times=-1)
    syncs = pushed(connection, 20)
    connection.refresh_from_db()
    assert connection.status == "broken"
    assert connection.status_reason == "Stripe did not answer customers.create: the connection failed."
    assert [sync.attempts for sync in syncs] == [1] * (circuit_breaker.MAX_FAILURES - 1) + [0] * (
        21 - circuit_breaker.MAX_FAILURES
    )
    before = len(simulator.requests("customers.create"))
    health.probe(connection.id, connection.next_probe_at)
    assert len(simulator.requests("customers.create")) == before <= circuit_breaker.MAX_FAILURES
    simulator.faults.clear()
    assert_work_continues(connection, stripe_api)


def test_a_revoked_key_uses_up_no_attempt_and_a_new_key_continues(simulator, stripe_api, connection):
    simulator.revoke_key(builders.SECRET_KEY)
    syncs = pushed(connection, 20)
    assert {sync.attempts for sync in syncs} == {0}
    assert len(simulator.requests("customers.create")) <= 1
    connection.refresh_from_db()
    assert connection.status == "broken" and "store a valid one in the connection" in connection.status_reason
    assert builders.SECRET_KEY not in connection.status_reason
    health.probe(connection.id, connection.next_probe_at)
    connection.refresh_from_db()
    assert connection.status == "broken"
    rotated = {"secret_key": ANOTHER_KEY}
    credentials.rotate(connection, rotated, overlap=timedelta(0), now=timezone.now())
    assert_work_continues(connection, stripe_api)


def test_a_key_of_another_account_is_not_used(simulator, stripe_api, connection):
    manage.test(connection)
    simulator.revoke_key(builders.SECRET_KEY)
    pushed(connection, 1)
    credentials.rotate(
        connection, {"secret_key": "sk_test_stranger"}, overlap=timedelta(0), now=timezone.now()
    )
    connection.refresh_from_db()
    health.probe(connection.id, connection.next_probe_at)
    connection.refresh_from_db()
    assert connection.status == "broken" and "create a new connection" in connection.status_reason
    assert len(simulator.requests("customers.create")) <= 1


@pytest.mark.parametrize(
    ("error", "kind", "broken"),
    [
        (sdk.RateLimitError("slow", http_status=429, code="rate_limit"), Throttled, False),
        (sdk.RateLimitError("locked", http_status=429, code="lock_timeout"), Retry, False),
        (sdk.APIError("odd", http_status=502), Unreachable, False),
        (sdk.APIConnectionError("gone"), Unreachable, False),
        (sdk.IdempotencyError("in use", http_status=409), Retry, False),
        (sdk.PermissionError("not allowed", http_status=403), Forbidden, True),
        (sdk.AuthenticationError("revoked", http_status=401), Rejected, True),
    ],
)
def test_each_failure_tells_what_has_to_wait(error, kind, broken):
    found = failure(error, "customers.create")
    assert type(found) is kind
    assert getattr(found, "connection_is_broken", False) is broken


def test_a_key_that_may_not_read_its_account_is_not_broken():
    class Sdk:
        @staticmethod
        def raw_request(_verb, _path):
            raise sdk.PermissionError("not allowed", http_status=403)

    with pytest.raises(Rejected) as caught:
        StripeGateway(Sdk, livemode=False).account()
    assert not caught.value.connection_is_broken


class TestAKeyOfCredentialKeysThatIsLost:
    @pytest.fixture
    def lost(self, connection, settings):
        """The connection's secrets were encrypted with a key that is no more."""
        kept, settings.CREDENTIAL_KEYS = settings.CREDENTIAL_KEYS, [Fernet.generate_key().decode()]
        return kept

    def test_breaks_the_connection_until_it_is_back(self, stripe_api, connection, lost, settings):
        assert {sync.state for sync in pushed(connection, 3)} <= {"pending", "sending"}
        connection.refresh_from_db()
        assert connection.status == ConnectionStatus.BROKEN
        assert connection.status_reason.startswith(
            "None of CREDENTIAL_KEYS decrypts a stored secret. Put the key back"
        )
        health.probe(connection.id, connection.next_probe_at)
        connection.refresh_from_db()
        assert connection.status == ConnectionStatus.BROKEN
        settings.CREDENTIAL_KEYS = [*settings.CREDENTIAL_KEYS, *lost]
        assert_work_continues(connection, stripe_api)

    def test_is_made_good_by_storing_the_credentials_again(self, stripe_api, connection, lost):
        key = {"secret_key": ANOTHER_KEY}
        pushed(connection, 1)
        with pytest.raises(Invalid, match="secret_key must begin with"):
            credentials.encrypt_into(connection, {})
        credentials.rotate(connection, key, overlap=timedelta(0), now=timezone.now())
        assert_work_continues(connection, stripe_api)

    def test_costs_no_request_an_error_of_the_server(self, connection, customer, lost):
        _row, key = environments.create_api_key(
            environment=connection.environment, name="Test", scope="write"
        )
        api = APIClient(headers={"Authorization": f"Bearer {key}"})
        path = f"/v1/connections/{connection.pk}"
        assert api.get(path).status_code == 200
        assert api.patch(path, {"name": "Renamed"}).status_code == 200
        assert api.post("/v1/customers", {"name": "Ada"}).status_code == 201
        tested = api.post(f"{path}/test")
        assert (tested.status_code, tested.json()["code"]) == (422, "provider_refused")
        assert "None of CREDENTIAL_KEYS" in tested.json()["message"]
        assert api.get(f"{path}/health").status_code == 200
        assert api.delete(path).status_code == 204
