"""Environments and API keys in the admin."""

import re

from django.contrib.sessions.models import Session
from django.test import Client

from billing.models import ApiKey, Environment
from billing.services import environments
from billing.tests.admin.pages import messages_of, page, press, select


class TestAnEnvironment:
    def test_is_made_and_then_stays_as_it_is(self, operator: Client) -> None:
        operator.post(page(Environment, "add"), {"name": "Shop", "kind": "sandbox"})
        made = Environment.objects.get()
        assert made.name == "Shop"
        assert operator.post(page(Environment, "change", made.pk), {"name": "Other"}).status_code == 403

    def test_needs_a_name_of_its_own(self, operator: Client, environment: Environment) -> None:
        form = {"name": environment.name, "kind": "sandbox"}
        assert "already exists" in operator.post(page(Environment, "add"), form).content.decode()


class TestAnApiKey:
    def test_is_shown_once(self, operator: Client, environment: Environment) -> None:
        form = {"name": "Shop", "environment": environment.pk, "scope": "read"}
        response = operator.post(page(ApiKey, "add"), form)
        key = ApiKey.objects.get()
        shown = re.search(rf"{key.prefix}\.\w+", response.content.decode())
        assert shown is not None
        assert "no-store" in response["Cache-Control"] and not messages_of(response)
        kept = [str(response.cookies), *(one.session_data for one in Session.objects.all())]
        assert not [one for one in kept if shown[0] in one]
        assert ApiKey.objects.is_valid(shown[0])
        operator.get(page(ApiKey, "changelist"))
        for where in (page(ApiKey, "changelist"), page(ApiKey, "change", key.prefix)):
            html = operator.get(where).content.decode()
            assert key.name in html
            assert shown[0] not in html and key.hashed_key[:20] not in html

    def test_is_revoked(self, operator: Client, environment: Environment) -> None:
        key, text = environments.create_api_key(environment=environment, name="Shop", scope="write")
        press(operator, key, "revoke")
        assert not ApiKey.objects.is_valid(text)

    def test_is_revoked_in_a_selection(self, operator: Client, environment: Environment) -> None:
        key, text = environments.create_api_key(environment=environment, name="Shop", scope="write")
        select(operator, [key], "revoke_selected")
        assert not ApiKey.objects.is_valid(text)
