"""The webhooks' entry point: its responses, what it stores, and what that costs."""

import json
import socket
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import psycopg
import pytest
from celery import Celery
from django.conf import settings
from django.test import Client
from django.utils import timezone
from psycopg.sql import SQL, Identifier

from flexsync.celery import app
from integrations.connections import manage
from integrations.db.encryption import encrypt
from integrations.models import InboundEvent
from integrations.testing import make_connection
from integrations.tests.acme import sign
from integrations.tests.factories import EnvironmentFactory
from integrations.tests.workers import database_url
from integrations.webhooks import refusal_log

SECRET = "whsec_of_the_connection"
PERSON = {
    "id": "evt_1",
    "type": "person.changed",
    "created": 1_700_000_000,
    "data": {"id": "peo_9", "name": "Grace"},
}


def post(body, path="/v1/integrations/acme/webhook", *, secret=SECRET, at=None, headers=None):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Acme-Signature": sign(raw, secret, at or timezone.now())} if headers is None else headers
    return Client().post(path, raw, content_type="application/json", headers=headers)


@pytest.fixture(params=["refuses", "is silent"])
def broker_gone(request):
    """Celery's broker refuses connections, or accepts them and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if request.param == "is silent":
            listener.listen()
        gone = Celery(broker=f"redis://127.0.0.1:{listener.getsockname()[1]}/0", set_as_current=False)
        gone.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
        gone.set_current()
        yield
        app.set_current()


@pytest.fixture(autouse=True)
def _connected(connection):
    """Every test here needs the connection."""


class TestStoring:
    def test_returns_200_once_the_event_is_stored(self):
        answer = post(PERSON)
        event = InboundEvent.objects.get()
        assert answer.status_code == 200
        assert answer.json() == {"received": True, "id": event.id, "duplicate": False}
        assert (event.state, event.object_id, event.verified_by) == ("pending", "peo_9", "tion")
        assert event.payload == PERSON["data"]

    def test_stores_an_event_once_however_often_it_comes(self):
        first, second = post(PERSON), post(PERSON)
        assert second.json() == first.json() | {"duplicate": True}
        assert InboundEvent.objects.count() == 1

    def test_finds_the_connection_by_the_secret_that_verifies(self, environment, connection):
        other = make_connection(environment.id, "acme", name="Other", secret="whsec_of_the_other_one")
        post(PERSON, secret="whsec_of_the_other_one")
        assert InboundEvent.objects.get().connection == other

    def test_takes_the_address_of_one_connection(self, environment, connection):
        other = make_connection(environment.id, "acme", name="Other", secret="whsec_of_the_other_one")
        assert post(PERSON, f"/v1/integrations/acme/webhook/{connection.id}").status_code == 200
        assert post(PERSON, f"/v1/integrations/acme/webhook/{other.id}").status_code == 400

    @pytest.mark.parametrize("change", [{"type": "moon.risen"}, {"data": {"id": "of_no_known_kind"}}])
    def test_stores_what_it_does_not_understand(self, change):
        assert post(PERSON | change).status_code == 200
        assert InboundEvent.objects.get().state == "pending"

    def test_stores_what_the_database_would_refuse(self):
        assert post(PERSON | {"data": {"id": "peo_9", "name": "a\0b"}}).status_code == 200
        assert InboundEvent.objects.get().payload["name"] == "a\ufffdb"

    def test_costs_at_most_five_statements(self, django_assert_max_num_queries, django_assert_num_queries):
        with django_assert_max_num_queries(3):
            post(PERSON)
        with django_assert_num_queries(1):
            post(PERSON | {"id": "evt_2"})
        with django_assert_max_num_queries(5):
            assert post(PERSON).json()["duplicate"]

    def test_does_without_a_broker_that_is_gone(self, broker_gone, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True) as callbacks:
            assert post(PERSON).status_code == 200
        assert len(callbacks) == 1

    def test_notifies_a_worker_only_of_new_events(self, django_capture_on_commit_callbacks):
        post(PERSON)
        with django_capture_on_commit_callbacks() as callbacks:
            post(PERSON)
        assert callbacks == []


class TestRejecting:
    @pytest.mark.parametrize(
        ("how", "message"),
        [
            ({"secret": "whsec_of_another_sender"}, "No secret of this connection made this signature."),
            ({"headers": {}}, "There is no signature."),
            ({"headers": {"Acme-Signature": "nonsense"}}, "There is no signature."),
            ({"at": timezone.now() - timedelta(hours=1)}, "The signature is not of now."),
            ({"at": timezone.now() + timedelta(hours=1)}, "The signature is not of now."),
        ],
    )
    def test_a_signature_that_proves_nothing(self, how, message):
        answer = post(PERSON, **how)
        assert answer.status_code == 400
        assert answer.json() == {
            "code": "invalid_signature",
            "message": message,
            "http_status_code": 400,
            "details": {},
        }
        assert not InboundEvent.objects.exists()

    @pytest.mark.parametrize("body", [b"{", b"[]", b"null", b"\xff\xfe", b'{"id": 1}'])
    def test_a_body_that_is_no_event(self, body):
        answer = post(body)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_payload")
        assert not InboundEvent.objects.exists()

    @pytest.mark.parametrize(("kilobytes", "status"), [(500, 200), (1000, 200), (1024, 413), (3000, 413)])
    def test_a_body_of_more_than_a_megabyte(self, kilobytes, status):
        answer = post(PERSON | {"data": {"id": "peo_9", "filling": "x" * 1024 * kilobytes}})
        assert answer.status_code == status
        assert InboundEvent.objects.count() == (1 if status == 200 else 0)
        if status == 413:
            assert answer.json()["code"] == "body_too_large"

    @pytest.mark.parametrize("path", ["unknown/webhook", "acme/webhook/conn_unknown"])
    def test_an_unknown_address(self, path):
        answer = post(PERSON, f"/v1/integrations/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")

    def test_a_connection_that_was_deleted(self, connection):
        connection.status = "archived"
        connection.save()
        assert post(PERSON).status_code == 400
        assert post(PERSON, f"/v1/integrations/acme/webhook/{connection.id}").status_code == 404

    def test_a_secret_that_expired(self, connection):
        now = timezone.now()
        connection.signing_secrets.create(sealed=encrypt("whsec_new_one"), last4="_one")
        connection.signing_secrets.filter(last4="tion").update(expires_at=now + timedelta(hours=1))
        assert post(PERSON).status_code == 200, "both are valid meanwhile"
        connection.signing_secrets.filter(last4="tion").update(expires_at=now - timedelta(seconds=1))
        assert post(PERSON).status_code == 400
        assert post(PERSON, secret="whsec_new_one").status_code == 200

    def test_a_secret_that_was_withdrawn_since_it_was_last_used(self, connection):
        assert post(PERSON).status_code == 200
        connection.signing_secrets.all().delete()
        assert post(PERSON | {"id": "evt_2"}).status_code == 400
        assert InboundEvent.objects.count() == 1

    def test_a_connection_that_was_deleted_since_it_was_last_used(self, connection):
        path = f"/v1/integrations/acme/webhook/{connection.id}"
        assert post(PERSON, path).status_code == 200
        manage.archive(connection)
        assert post(PERSON | {"id": "evt_2"}, path).status_code == 404
        assert InboundEvent.objects.count() == 1

    def test_is_logged(self, connection, caplog):
        refusal_log._kinds.clear()
        post(PERSON, f"/v1/integrations/acme/webhook/{connection.id}", secret="whsec_of_another_sender")
        (line,) = [one.msg for one in caplog.records if one.name == "integrations.webhooks.refusal_log"]
        assert (line["event"], line["code"], line["status"]) == ("webhook_refused", "invalid_signature", 400)
        assert line["connection_id"] == connection.id

    def test_nothing_else_because_of_a_secret_that_no_key_opens(self, environment, connection):
        other = make_connection(environment.id, "acme", name="Other", secret="whsec_of_the_other_one")
        other.signing_secrets.update(sealed="nonsense")
        assert post(PERSON).status_code == 200

    def test_a_read_of_the_address(self):
        assert Client().get("/v1/integrations/acme/webhook").status_code == 405


class TestProtecting:
    def test_redirects_to_https_where_flexsync_is_served_over_it(self, settings):
        settings.SECURE_SSL_REDIRECT = True
        assert post(PERSON).status_code == 301
        assert not InboundEvent.objects.exists()

    def test_rejects_a_host_that_is_not_allowed(self, settings):
        settings.ALLOWED_HOSTS = ["billing.example.com"]
        assert post(PERSON).status_code == 400
        assert not InboundEvent.objects.exists()

    def test_sends_the_headers_of_every_response(self):
        answer = post(PERSON)
        assert (answer["X-Content-Type-Options"], answer["X-Frame-Options"]) == ("nosniff", "DENY")


@pytest.mark.django_db(transaction=True)
def test_a_closed_database_connection_loses_nothing(connection):
    post(PERSON)
    with psycopg.connect(database_url(), autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert post(PERSON | {"id": "evt_2"}).status_code == 200
    assert InboundEvent.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_gone_never_gets_a_200(connection):
    post(PERSON)
    with out_of_reach():
        answer = post(PERSON | {"id": "evt_2"})
        assert (answer.status_code, answer.json()["code"]) == (503, "not_stored")
    assert post(PERSON | {"id": "evt_2"}).json()["duplicate"] is False


@contextmanager
def out_of_reach():
    """Closes the database's connections and allows no new ones."""
    url = urlsplit(database_url())
    name = url.path.strip("/")
    allow = SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    with psycopg.connect(url._replace(path="/postgres").geturl(), autocommit=True) as other:
        other.execute(allow.format(Identifier(name), SQL("false")))
        try:
            other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            yield
        finally:
            other.execute(allow.format(Identifier(name), SQL("true")))


def test_events_stay_in_the_environment_of_their_connection(connection):
    other = make_connection(EnvironmentFactory().id, "acme", secret="whsec_elsewhere")
    post(PERSON, secret="whsec_elsewhere")
    post(PERSON)
    assert sorted(InboundEvent.objects.values_list("connection_id", flat=True)) == sorted(
        [connection.id, other.id]
    )
