"""Connections in the admin."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from billing.models import Environment
from billing.tests.admin.pages import fields, messages_of, page, press
from integrations.errors import Rejected, Throttled
from integrations.gateway import call_counts
from integrations.models import Connection
from integrations.models.connections import SWITCHES
from integrations.statistics import roll_up
from integrations.tests import acme
from integrations.tests.admin.conftest import make_event
from integrations.tests.factories import CustomerFactory
from integrations.tests.workers import empty_broker
from integrations.webhooks import rejections

KEY = "test_abcdefghijklmnop"


def new(operator: Client, environment: Environment, **values: Any) -> Any:
    """Fills in the form of a new connection."""
    form = {"environment_id": environment.pk, "provider": "acme", "name": "Acme", "secret_key": KEY}
    return operator.post(page(Connection, "add"), form | values)


def edit(operator: Client, connection: Connection, **values: Any) -> Any:
    """Changes some fields of the connection's form."""
    where = page(Connection, "change", connection.pk)
    return operator.post(where, fields(operator.get(where)) | values)


class TestAddingAConnection:
    def test_seals_its_secrets(self, operator: Client, environment: Environment, server: acme.Server) -> None:
        new(operator, environment, webhook_secret="whsec_0123456789", switches=["customer_inbound_enabled"])
        made = Connection.objects.get()
        assert made.credentials() == {"secret_key": KEY}
        assert KEY not in made.sealed_credentials
        assert made.signing_secrets.get().secret() == "whsec_0123456789"
        assert [name for name in SWITCHES if getattr(made, name)] == ["customer_inbound_enabled"]

    def test_shows_at_the_form_what_is_wrong(
        self, operator: Client, environment: Environment, server: acme.Server
    ) -> None:
        response = new(operator, environment, secret_key="nonsense")
        assert "must begin with test_ or live_" in response.content.decode()
        assert "nonsense" not in response.content.decode()
        assert not Connection.objects.exists()

    def test_shows_that_the_name_is_taken(
        self, operator: Client, environment: Environment, connection: Connection
    ) -> None:
        response = new(operator, environment, name=connection.name)
        assert "name" in response.context["adminform"].form.errors


class TestAConnection:
    def test_keeps_the_secrets_that_are_left_empty(self, operator: Client, connection: Connection) -> None:
        before = connection.credentials()
        edit(operator, connection, name="Renamed")
        connection.refresh_from_db()
        assert connection.name == "Renamed"
        assert connection.credentials() == before
        assert connection.signing_secrets.count() == 1

    def test_takes_a_new_secret(self, operator: Client, connection: Connection) -> None:
        edit(operator, connection, secret_key=KEY, webhook_secret="whsec_0123456789")
        connection.refresh_from_db()
        assert connection.credentials()["secret_key"] == KEY
        assert connection.signing_secrets.filter(expires_at__isnull=True).count() == 1
        assert connection.signing_secrets.filter(expires_at__isnull=False).count() == 1

    def test_shows_its_switches_as_a_matrix(self, operator: Client, connection: Connection) -> None:
        html = operator.get(page(Connection, "change", connection.pk)).content.decode()
        assert "Acme → FlexSync" in html
        assert html.count('name="switches"') == len(SWITCHES)
        assert "payment_outbound_enabled" not in html

    def test_switches_on_and_off(self, operator: Client, connection: Connection) -> None:
        edit(operator, connection, switches=["plan_inbound_enabled"])
        connection.refresh_from_db()
        assert [name for name in SWITCHES if getattr(connection, name)] == ["plan_inbound_enabled"]

    def test_says_what_a_switch_sends_before_it_is_on(self, operator: Client, connection: Connection) -> None:
        Connection.objects.update(customer_outbound_enabled=False)
        CustomerFactory(environment=connection.environment)
        asked = edit(operator, connection, switches=["customer_outbound_enabled"])
        assert "Customers: 1 customer has no counterpart at this account." in asked.content.decode()
        connection.refresh_from_db()
        assert not connection.customer_outbound_enabled
        edit(operator, connection, switches=["customer_outbound_enabled"], confirmed="on")
        connection.refresh_from_db()
        assert connection.customer_outbound_enabled

    def test_takes_its_options(self, operator: Client, connection: Connection) -> None:
        edit(operator, connection, collects_currencies="usd, EUR", auto_refund_duplicates="on")
        connection.refresh_from_db()
        assert connection.collects_currencies == ["USD", "EUR"]
        assert connection.auto_refund_duplicates
        assert not connection.rounds_three_decimals

    def test_shows_which_option_is_wrong(self, operator: Client, connection: Connection) -> None:
        response = edit(operator, connection, collects_countries="Germany")
        assert "collects_countries" in response.context["adminform"].form.errors

    def test_is_tested(self, operator: Client, connection: Connection) -> None:
        assert "acme_1" in messages_of(press(operator, connection, "test"))

    def test_says_why_the_test_failed(
        self, operator: Client, connection: Connection, server: acme.Server, monkeypatch: Any
    ) -> None:
        def refuse(_server: acme.Server) -> None:
            raise Rejected("The key was revoked.")

        monkeypatch.setattr(acme.Server, "account", refuse)
        assert "The key was revoked." in messages_of(press(operator, connection, "test"))

    def test_is_paused_and_resumed(self, operator: Client, connection: Connection) -> None:
        press(operator, connection, "pause")
        connection.refresh_from_db()
        assert (connection.status, connection.status_reason) == ("paused", "Paused by operator.")
        press(operator, connection, "resume")
        connection.refresh_from_db()
        assert connection.status == "active"

    def test_registers_its_webhook(self, operator: Client, connection: Connection) -> None:
        assert "hook_1" in messages_of(press(operator, connection, "register_webhook"))
        connection.refresh_from_db()
        assert connection.webhook_endpoint_id == "hook_1"

    def test_is_archived_and_then_only_looked_at(self, operator: Client, connection: Connection) -> None:
        press(operator, connection, "archive")
        where = page(Connection, "change", connection.pk)
        assert operator.get(where).status_code == 200
        assert operator.post(where, {"name": "Back"}).status_code == 403

    def test_is_not_for_onlookers(self, onlooker: Client, connection: Connection) -> None:
        assert press(onlooker, connection, "pause").status_code == 403
        assert edit_is_refused(onlooker, connection)


def edit_is_refused(visitor: Client, connection: Connection) -> bool:
    """Returns whether the form is refused."""
    return visitor.post(page(Connection, "change", connection.pk), {"name": "Eve"}).status_code == 403


def health(client: Client, connection: Connection) -> str:
    """What the panel says."""
    return client.get(
        f"{page(Connection, 'change', connection.pk)[: -len('change/')]}health/"
    ).content.decode()


def test_the_health_of_a_connection_is_said_in_sentences(
    operator: Client, connection: Connection, environment: Environment
) -> None:
    empty_broker()
    said = health(operator, connection)
    assert "None has come yet." in said and "None of the last day was refused." in said
    CustomerFactory(environment=environment)
    Connection.objects.filter(pk=connection.pk).update(customer_outbound_enabled=False)
    make_event(connection, created=timezone.now() - timedelta(seconds=30))
    rejections.count("invalid_signature", connection.pk)
    with suppress(Throttled), call_counts.counted(connection.pk):
        raise Throttled("Too many.")
    roll_up.look(timezone.now())
    said = health(operator, connection)
    assert "No signing secret of this connection fits their signature" in said
    assert "came within 30 s" in said
    assert (
        "Calls in the last 24 hours: 1." in said and "refused 1 of them because there were too many" in said
    )
    assert "Sending customers is off. 1 customer has no counterpart" in said
    assert (
        f"{connection.pk}/health/" in operator.get(page(Connection, "change", connection.pk)).content.decode()
    )
