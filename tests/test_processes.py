"""What each process is, and what it answers."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from flexsync import processes
from integrations.connections.credentials import webhook_url
from integrations.models import Connection


class TestTheName:
    def test_is_one_that_there_is(self) -> None:
        assert processes.known("webhooks") == "webhooks"
        with pytest.raises(ImproperlyConfigured, match="web, webhooks, worker, beat, command"):
            processes.known("wep")


class TestTheProcessForWebhooks:
    @pytest.fixture(autouse=True)
    def _its_urls(self, settings) -> None:
        settings.ROOT_URLCONF = "flexsync.webhook_urls"

    @pytest.mark.django_db
    @pytest.mark.parametrize(
        "path", ["/v1/integrations/stripe/webhook", "/v1/integrations/stripe/webhook/conn_1"]
    )
    def test_takes_what_providers_post(self, client, path) -> None:
        response = client.post(path, "{}", content_type="application/json")
        assert response.json()["code"] in ("invalid_signature", "not_found")

    @pytest.mark.parametrize("path", ["/", "/admin/", "/v1/customers", "/v1/docs", "/metrics"])
    def test_answers_nothing_that_may_wait(self, client, path) -> None:
        assert client.get(path).status_code == 404


class TestTheAddressForWebhooks:
    def test_is_the_public_one_unless_it_is_given(self, settings) -> None:
        settings.PUBLIC_URL, settings.WEBHOOK_URL = "https://billing.example.com", ""
        row = Connection(id="conn_1", provider="stripe")
        assert webhook_url(row) == "https://billing.example.com/v1/integrations/stripe/webhook/conn_1"
        settings.WEBHOOK_URL = "http://127.0.0.1:8001"
        assert webhook_url(row).startswith("http://127.0.0.1:8001/v1/")
