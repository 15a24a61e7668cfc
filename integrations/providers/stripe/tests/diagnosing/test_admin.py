"""The doctor's page in the admin, its buttons, and what a person hears at once of a stored key."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from billing.tests.admin.conftest import onlooker, operator
from billing.tests.admin.pages import fields, page
from integrations.models import Alarm, Connection, EventPoll, ImportRun
from integrations.providers.stripe.tests.diagnosing import faults

__all__ = ["onlooker", "operator"]


@pytest.fixture
def doctor(ward, operator):
    """Opens the page of the connection, as text."""
    address = reverse("admin:integrations_connection_doctor", args=[ward.connection.pk])
    return lambda: operator.get(address).content.decode()


@pytest.fixture
def press(ward, operator):
    """Presses a button of the page; returns what the next page says."""
    address = reverse("admin:integrations_connection_remedy", args=[ward.connection.pk])
    return lambda remedy: operator.post(address, {"remedy": remedy}, follow=True).content.decode()


class TestThePage:
    def test_shows_what_is_wrong_first_and_the_button_that_mends_it(self, ward, doctor, press):
        assert "Register webhook</button>" not in doctor().replace("\n", "").replace("  ", "")
        faults.endpoint_disabled(ward)
        html = doctor()
        assert html.index("endpoint_disabled") < html.index("Work goes on.")
        assert 'value="register_webhook"' in html
        assert "now sends its events to FlexSync" in press("register_webhook")
        assert ward.wrong() == []

    def test_resumes_polls_and_agrees(self, ward, doctor, press):
        faults.paused(ward)
        press("resume")
        assert Connection.objects.get(pk=ward.connection.pk).status == "active"
        EventPoll.objects.update(next_at=None)
        press("poll")
        assert EventPoll.objects.get().next_at is not None
        faults.events_lost(ward)
        press("agree")
        assert Alarm.objects.get().started == ImportRun.objects.get().pk

    def test_says_why_a_button_did_not_work(self, ward, press):
        faults.revoked_key(ward)
        assert "does not accept" in press("test")

    def test_is_for_operators_only(self, ward, onlooker):
        args = [ward.connection.pk]
        assert onlooker.get(reverse("admin:integrations_connection_doctor", args=args)).status_code == 403
        address = reverse("admin:integrations_connection_remedy", args=args)
        assert onlooker.post(address, {"remedy": "resume"}).status_code == 403


class TestAStoredKey:
    def test_is_tested_at_once(self, ward, operator):
        ward.simulator.revoke_key("sk_test_shop_revoked")
        where = page(Connection, "change", ward.connection.pk)
        form = fields(operator.get(where)) | {"secret_key": "sk_test_shop_revoked"}
        saved = operator.post(where, form)
        assert saved.status_code == 302
        assert any("does not accept" in str(one) for one in get_messages(saved.wsgi_request))
        assert Connection.objects.get(pk=ward.connection.pk).status == "broken"

    def test_of_a_new_connection_too(self, ward, operator):
        form = {
            "environment_id": ward.connection.environment_id,
            "provider": "stripe",
            "name": "New",
            "secret_key": "sk_test_new_1234567890",
        }
        saved = operator.post(page(Connection, "add"), form)
        assert any("no signing secret" in str(one) for one in get_messages(saved.wsgi_request))
        assert Connection.objects.get(name="New").account_id.startswith("acct_")


def test_the_connections_page_shows_polls_and_alarms(ward, operator):
    faults.events_lost(ward)
    html = operator.get(page(Connection, "change", ward.connection.pk)).content.decode()
    assert "Last polled" in html and "Import needed" in html
    assert (
        "Import what changed" in operator.get(page(Alarm, "change", Alarm.objects.get().pk)).content.decode()
    )
