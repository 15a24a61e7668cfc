"""The commands: what they print, and their exit codes."""

from dataclasses import replace
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from billing.events import Kind
from integrations.connections import stored_secrets
from integrations.db.encryption import NoKeyOpens
from integrations.errors import Rejected, Retry
from integrations.models import Connection, OutboundSync, SyncRun
from integrations.testing import make_connection, push, registered
from integrations.tests import acme
from integrations.tests.factories import CustomerFactory, EnvironmentFactory


def run(*arguments, name="sync_customer"):
    """Returns the exit code and what was printed."""
    out = StringIO()
    try:
        call_command(name, *arguments, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue() + str(error)
    return 0, out.getvalue()


@pytest.fixture
def customer(connection):
    return CustomerFactory(environment=connection.environment)


class TestSyncCustomer:
    def test_queues(self, customer):
        code, output = run(customer.id, "--provider", "acme")
        sync = OutboundSync.objects.get()
        assert (code, output) == (0, f"1 queued: {sync.id}.\n")
        assert (sync.entity_id, sync.state, sync.started_by) == (
            customer.id,
            "pending",
            "manage.py sync_customer",
        )

    def test_does_the_work_here(self, customer, server):
        code, output = run(customer.id, "--provider", "acme", "--here")
        assert (code, "1 done." in output) == (0, True)
        assert len(server.objects("peo")) == 1

    def test_continues_an_earlier_sync_that_waits(self, customer, server):
        server.faults = {2: {"before": Retry("down")}}
        assert run(customer.id, "--provider", "acme", "--here")[0] == 1
        assert run(customer.id, "--provider", "acme", "--here")[0] == 0
        assert set(OutboundSync.objects.values_list("state", flat=True)) == {"done"}
        assert len(server.objects("peo")) == 1

    def test_shows_the_calls_and_changes_nothing(self, customer, server):
        code, output = run(customer.id, "--provider", "acme", "--dry-run")
        assert (code, "create: people.create" in output) == (0, True)
        assert (OutboundSync.objects.count(), server.operations()) == (0, [])

    @pytest.mark.parametrize(
        ("fault", "message"),
        [(Rejected("wrong e-mail"), "blocked: wrong e-mail"), (Retry("down"), "sending: down")],
    )
    def test_reports_what_failed(self, customer, server, fault, message):
        server.faults = {1: {"before": fault}}
        code, output = run(customer.id, "--provider", "acme", "--here")
        assert (code, message in output) == (1, True)

    def test_finds_all_that_are_not_synced(self, connection, customer, server):
        synced, stopped = (CustomerFactory(environment=connection.environment) for _ in range(2))
        CustomerFactory(environment=connection.environment, status="archived")
        make_connection(EnvironmentFactory().id, "acme")
        push(connection, Kind.CUSTOMER, synced.id)
        push(connection, Kind.CUSTOMER, stopped.id)
        OutboundSync.objects.filter(entity_id=stopped.id).update(state="blocked")
        assert run("--all-unsynced", "--provider", "acme", "--here")[0] == 0
        queued = OutboundSync.objects.exclude(started_by="").values_list("entity_id", flat=True)
        assert set(queued) == {customer.id, stopped.id}

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ([], "Give ids or --all-unsynced"),
            (["cust_x", "--all-unsynced"], "Give ids or --all-unsynced"),
            (["cust_x"], "There is no customer cust_x."),
            (["--all-unsynced", "--provider", "nobody"], "There is no connection to nobody."),
        ],
    )
    def test_refuses_wrong_use(self, connection, arguments, message):
        code, output = run(*arguments)
        assert (code, message in output) == (2, True)

    def test_leaves_what_is_queued_when_it_is_interrupted(self, customer, server):
        server.faults = {1: {"before": KeyboardInterrupt()}}
        code, output = run(customer.id, "--provider", "acme", "--here")
        assert (code, "1 stay queued" in output) == (130, True)
        assert OutboundSync.objects.get().state == "sending"


class TestChoosingAConnection:
    @pytest.fixture
    def other(self, server):
        """A second provider, called Other."""
        with registered(replace(acme.provider(server), slug="other", label="Other")) as provider:
            yield provider

    def test_takes_the_only_one(self, connection, customer):
        assert run(customer.id)[0] == 0
        assert OutboundSync.objects.get().connection == connection

    def test_takes_the_only_provider(self, connection, customer):
        make_connection(EnvironmentFactory().id, connection.provider)
        assert run("--all-unsynced") == (
            0,
            f"1 queued as {SyncRun.objects.get().id}, to {connection.name}.\n",
        )

    def test_asks_which_of_several(self, connection, customer, other):
        second = make_connection(connection.environment_id, other.slug, name="Second")
        code, output = run(customer.id)
        assert (code, f"{second.id} (Second)" in output) == (2, True)
        assert "Name it with --provider NAME or --connection ID." in output
        assert run(customer.id, "--provider", other.slug)[0] == 0
        assert run(customer.id, "--connection", connection.id)[0] == 0
        assert set(OutboundSync.objects.values_list("connection_id", flat=True)) == {connection.id, second.id}

    def test_asks_which_of_several_providers(self, connection, customer, other):
        make_connection(EnvironmentFactory().id, other.slug)
        code, output = run("--all-unsynced")
        assert (code, "Choose one of: acme, other." in output) == (2, True)
        assert "Name it with --provider NAME" in output

    def test_says_when_there_is_none(self, db):
        code, output = run("--all-unsynced")
        assert (code, output) == (
            2,
            "There is no connection. Create one with POST /v1/connections or in the admin.",
        )


def test_sync_invoice_refuses_a_kind_that_the_provider_does_not_take(connection):
    code, output = run("--all-unsynced", "--provider", "acme", name="sync_invoice")
    assert (code, output) == (2, "FlexSync has no way to send invoices to Acme.")


class TestKeys:
    def test_are_rotated_by_putting_a_new_one_first(self, connection, settings):
        old, new = settings.CREDENTIAL_KEYS, run(name="make_credential_key")[1].strip()
        settings.CREDENTIAL_KEYS = [new, *old]
        assert Connection.objects.get().credentials()["secret_key"] == "test_0123456789abcd"
        assert run(name="rotate_credential_keys") == (
            0,
            "2 secrets are now encrypted with the first key.\nYou can remove the others.\n",
        )
        settings.CREDENTIAL_KEYS = [new]
        connection = Connection.objects.get()
        assert connection.credentials()["secret_key"] == "test_0123456789abcd"
        assert connection.signing_secrets.get().secret() == "whsec_of_the_connection"

    def test_name_what_none_of_them_opens_and_rotate_the_rest(self, connection, settings):
        old, new = settings.CREDENTIAL_KEYS, Fernet.generate_key().decode()
        settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode()]
        lost = make_connection(connection.environment_id, "acme", name="Lost", secret="whsec_lost")
        settings.CREDENTIAL_KEYS = [new, *old]
        code, printed = run(name="rotate_credential_keys")
        assert code == 1
        assert printed.startswith("2 secrets are now encrypted with the first key.\n")
        assert f'No key opens the credentials of connection "Lost" ({lost.pk}).' in printed
        assert f'No key opens the signing secret ****lost of connection "Lost" ({lost.pk}).' in printed
        assert "Remove no key before." in printed
        settings.CREDENTIAL_KEYS = [new]
        assert Connection.objects.get(pk=connection.pk).credentials()["secret_key"] == "test_0123456789abcd"
        assert stored_secrets.unopened() == [
            f'the credentials of connection "Lost" ({lost.pk})',
            f'the signing secret ****lost of connection "Lost" ({lost.pk})',
        ]

    def test_say_when_none_of_them_opens_a_secret(self, connection, settings):
        settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode()]
        with pytest.raises(NoKeyOpens, match="None of CREDENTIAL_KEYS decrypts a stored secret"):
            connection.credentials()
        settings.CREDENTIAL_KEYS = ["nonsense"]
        with pytest.raises(ImproperlyConfigured, match="must be Fernet keys"):
            connection.credentials()
