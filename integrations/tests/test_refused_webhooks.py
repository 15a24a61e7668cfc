"""Webhooks that cannot be verified: sent again where a key is missing, hardly logged where forged."""

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone

from integrations.models import InboundEvent
from integrations.testing import make_connection
from integrations.tests.factories import EnvironmentFactory
from integrations.tests.test_webhook import PERSON, post
from integrations.webhooks import refusal_log, rejections


@pytest.fixture(autouse=True)
def _connected(connection):
    """Every test here needs the connection."""


class TestASecretThatNoKeyOpens:
    def test_lets_the_provider_send_again_until_the_key_is_back(self, connection, settings):
        address = f"/v1/integrations/acme/webhook/{connection.pk}"
        keys, settings.CREDENTIAL_KEYS = settings.CREDENTIAL_KEYS, [Fernet.generate_key().decode()]
        for path in (address, "/v1/integrations/acme/webhook"):
            refused = post(PERSON, path)
            assert (refused.status_code, refused.json()["code"]) == (503, "secret_unreadable")
        assert not InboundEvent.objects.exists()
        settings.CREDENTIAL_KEYS = keys
        assert post(PERSON, address).status_code == 200
        assert InboundEvent.objects.get().state == "pending"

    def test_harms_no_other_connection(self, connection):
        other = make_connection(EnvironmentFactory().pk, "acme", secret="whsec_of_another")
        other.signing_secrets.update(sealed="of another key")
        assert post(PERSON).status_code == 200
        assert post(PERSON, f"/v1/integrations/acme/webhook/{other.pk}").status_code == 503


class TestForgedWebhooks:
    def test_are_all_counted_and_hardly_logged(self, connection, caplog):
        caplog.set_level("WARNING")
        address = f"/v1/integrations/acme/webhook/{connection.pk}"
        before = rejections.of_connection(connection.pk, timezone.now()).counts.get("invalid_signature", 0)
        refusal_log._kinds.clear()
        for number in range(50):
            assert post(PERSON, address, secret=f"guess {number}").status_code == 400
            assert post(PERSON, f"{address[:-3]}{number}").status_code == 404
        counts = rejections.of_connection(connection.pk, timezone.now()).counts
        assert counts["invalid_signature"] == before + 50
        lines = [(one.msg["code"], one.msg["connection_id"]) for one in caplog.records]
        assert lines == [("invalid_signature", connection.pk), ("not_found", "")]

    def test_cost_one_statement(self, connection, django_assert_num_queries):
        """As a good one does; docs/reliability.md says what 300 a second do."""
        address = f"/v1/integrations/acme/webhook/{connection.pk}"
        post(PERSON, address)
        for path, status in ((address, 400), (f"{address[:-3]}123", 404)):
            with django_assert_num_queries(1):
                assert post(PERSON, path, secret="a guess").status_code == status

    def test_are_summed_up_in_the_next_line(self, connection, caplog, monkeypatch):
        refusal_log._kinds.clear()
        for _ in range(5):
            post(PERSON, secret="a guess")
        monkeypatch.setattr(refusal_log, "PAUSE", 0.0)
        post(PERSON, secret="a guess")
        lines = [one.msg for one in caplog.records if one.msg["event"] == "webhook_refused"]
        assert [line["unlogged_before"] for line in lines] == [0, 4]
