"""Webhook endpoints in the admin: a secret is in the answer to the request that makes it, and only there."""

import re
from typing import Any

from django.contrib.sessions.models import Session
from django.test import Client

from billing.tests.admin.pages import messages_of, page
from integrations.models import WebhookEndpoint

SECRET = re.compile(r"whsec_[\w+/=]{20,}")


def secret_in(response: Any) -> str:
    """The secret that the page shows, which nothing may keep."""
    [secret] = SECRET.findall(response.content.decode())
    assert "no-store" in response["Cache-Control"] and not messages_of(response)
    kept = [str(response.cookies), *(one.session_data for one in Session.objects.all())]
    assert not [one for one in kept if secret in one]
    return str(secret)


class TestASecret:
    def test_is_shown_by_the_request_that_makes_it(self, operator: Client, environment: Any) -> None:
        form = {"url": "https://example.com/hooks", "environment": environment.pk, "headers": ""}
        first = secret_in(operator.post(page(WebhookEndpoint, "add"), form))
        endpoint = WebhookEndpoint.objects.get()
        assert endpoint.secrets.get().last4 == first[-4:]
        rotating = page(WebhookEndpoint, "rotate_secret", endpoint.pk)
        assert "For a day" in operator.get(rotating).content.decode()
        assert endpoint.secrets.count() == 1
        second = secret_in(operator.post(rotating))
        assert second != first and endpoint.secrets.count() == 2
        shown = operator.get(page(WebhookEndpoint, "change", endpoint.pk)).content.decode()
        assert second[-4:] in shown and not SECRET.search(shown)
