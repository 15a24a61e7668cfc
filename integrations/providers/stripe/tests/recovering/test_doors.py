"""Recoveries over the API, at a shell, in the admin and on the doctor's page."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from billing.events import Kind
from billing.facts import InvoiceFacts
from billing.models import Payment
from billing.services import environments
from billing.services.invoices import invoices
from billing.tests.admin.conftest import operator
from billing.tests.admin.pages import messages_of, page, press
from integrations.errors import Recovering
from integrations.gateway import epochs
from integrations.metrics import CatchUp
from integrations.models import Alarm, Connection, ImportRun, OutboundSync
from integrations.models.outbound import SyncAction
from integrations.outbox import foreground
from integrations.providers.stripe.tests import builders
from integrations.reconcile.doctor import doctor
from integrations.reconcile.importing import runs
from integrations.reconcile.recovering import recoveries
from integrations.testing import push

__all__ = ["operator"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def api(environment):
    _, key = environments.create_api_key(environment=environment, name="tests", scope="write")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    return client


@pytest.fixture
def restored(registered, settings):
    """Found to be older; a person is asked."""
    settings.RECOVER_AFTER_RESTORE = False
    Connection.objects.update(recovering_since=timezone.now())
    recoveries.follow(timezone.now())
    registered.refresh_from_db()
    return registered


class TestTheApi:
    def test_shows_since_when_nothing_is_sent_and_why(self, api, restored):
        shown = api.get(f"/v1/connections/{restored.pk}").json()
        assert shown["recovering_since"]
        assert shown["catch_up"]["alarms"] == ["database_restored"]
        [alarm] = api.get("/v1/alarms?code=database_restored").json()["items"]
        assert "older than what the provider has seen" in alarm["message"]

    def test_agrees_to_the_recovery(self, api, restored):
        [alarm] = api.get("/v1/alarms").json()["items"]
        agreed = api.post(f"/v1/alarms/{alarm['id']}/agree").json()
        assert agreed["agreed_by"] == "API key tests"
        assert agreed["started"] == ImportRun.objects.get().pk

    def test_starts_one_by_hand(self, api, registered):
        assert api.post(f"/v1/connections/{registered.pk}/recover").json()["recovering_since"]
        again = api.post(f"/v1/connections/{registered.pk}/recover")
        assert (again.status_code, again.json()["code"]) == (409, "conflict")
        assert Alarm.objects.get().agreed_by == "API key tests"

    def test_refuses_a_checkout_meanwhile(self, api, registered, environment, stripe_api):
        invoice = builders.invoice(builders.customer(environment))
        assert push(registered, "invoice", invoice.pk).state == "done"
        Connection.objects.update(recovering_since=timezone.now())
        body = {
            "invoice_id": invoice.pk,
            "success_url": "https://a.example",
            "cancel_url": "https://a.example",
        }
        for query in ("?dry_run=true", ""):
            refused = api.post(f"/v1/payments/stripe/checkout{query}", body, format="json")
            assert (refused.status_code, refused.json()["code"]) == (503, "connection_recovering")
        assert "Ask again" in refused.json()["message"]
        assert not stripe_api.v1.checkout.sessions.list().data
        assert (
            not Payment.objects.exists() and not OutboundSync.objects.filter(entity_type="payment").exists()
        )
        Connection.objects.update(recovering_since=None)
        assert api.post("/v1/payments/stripe/checkout", body, format="json").status_code == 201

    def test_refuses_a_charge_meanwhile(self, api, registered, environment):
        invoice = builders.invoice(builders.customer(environment))
        Connection.objects.update(recovering_since=timezone.now())
        for query in ("?dry_run=true", ""):
            body = {"invoice_id": invoice.pk}
            refused = api.post(f"/v1/payments/stripe/charge{query}", body, format="json")
            assert (refused.status_code, refused.json()["code"]) == (503, "connection_recovering")
        assert (
            not Payment.objects.exists() and not OutboundSync.objects.filter(entity_type="payment").exists()
        )

    def test_gives_an_invoice_no_number_meanwhile(self, api, registered, environment, operator):
        facts = InvoiceFacts(
            customer_id=builders.customer(environment).pk, currency="EUR", lines=builders.LINES
        )
        draft = invoices.create(environment_id=environment.pk, facts=facts)
        Connection.objects.update(recovering_since=timezone.now())
        refused = api.post(f"/v1/invoices/{draft.pk}/finalize")
        assert (refused.status_code, refused.json()["code"]) == (503, "connection_recovering")
        assert "while" in messages_of(press(operator, draft, "finalize"))
        draft.refresh_from_db()
        assert (draft.status, draft.number) == ("draft", "")
        Connection.objects.update(recovering_since=None)
        assert api.post(f"/v1/invoices/{draft.pk}/finalize").json()["number"]

    def test_promises_nothing_to_a_caller_who_does_not_wait(self, registered, environment):
        now = timezone.now()
        sync = foreground.begin(
            registered, Kind.PAYMENT, "pay_1", SyncAction.CHECKOUT, started_by="test", now=now
        )
        foreground.end(sync, Recovering(epochs.WAITS), now)
        sync.refresh_from_db()
        assert sync.state == "dead" and "Ask again" in sync.last_error
        assert "by itself" not in sync.last_error


class TestTheCommand:
    def run(self, *arguments):
        out = StringIO()
        try:
            call_command("recover", *arguments, stdout=out)
        except CommandError as error:
            return error.returncode, out.getvalue() + str(error)
        return 0, out.getvalue()

    def test_recovers_every_connection(self, registered):
        code, said = self.run()
        assert (code, "nothing is sent until" in said) == (0, True)
        assert Connection.objects.get().recovering_since is not None
        code, said = self.run(registered.pk)
        assert (code, "has begun already" in said) == (1, True)

    def test_takes_the_place_of_an_import_that_the_backup_left_open(self, registered):
        left = runs.start(registered, started_by="test")
        assert self.run()[0] == 0
        left.refresh_from_db()
        assert left.state == "cancelled"
        assert Connection.objects.get().recovering_since is not None

    def test_refuses_an_unknown_id(self, registered):
        code, said = self.run("conn_1")
        assert (code, "There is no connection conn_1" in said) == (2, True)


class TestTheAdmin:
    def test_shows_it_on_the_connections_page(self, restored, operator):
        text = operator.get(page(Connection, "change", restored.pk)).content.decode()
        assert "Nothing is sent since" in text
        assert "Database restored" in text

    def test_recovers_by_the_alarms_button(self, restored, operator):
        answer = press(operator, Alarm.objects.get(), "recover")
        assert "The recovery was started" in messages_of(answer)
        assert Alarm.objects.get().started == ImportRun.objects.get().pk

    def test_recovers_by_the_doctors_button(self, restored, operator):
        [found] = [one for one in doctor.examine(restored, timezone.now()).findings if one.check == "memory"]
        assert (found.code, found.remedy) == ("database_restored", "recover")
        address = reverse("admin:integrations_connection_remedy", args=[restored.pk])
        operator.post(address, {"remedy": found.remedy})
        assert ImportRun.objects.get().started_by == "operator"

    def test_starts_one_by_hand(self, registered, operator):
        press(operator, registered, "recover")
        assert Connection.objects.get().recovering_since is not None


class TestWhatElseTells:
    def test_metrics(self, restored):
        [alarms] = [one for one in CatchUp().collect() if one.name == "flexsync_alarms"]
        assert [sample.labels["code"] for sample in alarms.samples] == ["database_restored"]

    def test_the_doctor_where_nothing_can_be_noted(self, registered, environment, simulator, stripe_api):
        [endpoint] = stripe_api.v1.webhook_endpoints.list().data
        stripe_api.v1.webhook_endpoints.delete(endpoint.id)
        epochs.keep(registered)
        [found] = [
            one for one in doctor.examine(registered, timezone.now()).findings if one.check == "memory"
        ]
        assert (found.code, found.severity.word) == ("epoch_not_written", "unknown")
        assert not OutboundSync.objects.exists()
