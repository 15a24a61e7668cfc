"""What each process is, and what it answers."""

import os
import re

import psycopg
import pytest
from django.db import connection

from flexsync import processes
from integrations.connections.credentials import webhook_url
from integrations.models import Connection


class TestTheTimeLimits:
    @pytest.mark.parametrize("name", processes.PROCESSES)
    def test_are_those_of_the_process(self, name) -> None:
        shown = {"lock_timeout": "lock", "statement_timeout": "statement"}
        with connect(name) as database:
            for setting, limit in shown.items():
                seconds = getattr(processes.PROCESSES[name], limit)
                assert seconds_of(database.execute(f"SHOW {setting}").fetchone()[0]) == seconds
            assert database.execute("SHOW application_name").fetchone() == (f"flexsync-{name}",)

    def test_are_replaced_by_those_of_the_address(self) -> None:
        with connect("web", options="-c lock_timeout=7s") as database:
            assert database.execute("SHOW lock_timeout").fetchone() == ("7s",)
            assert database.execute("SHOW statement_timeout").fetchone() == ("15s",)

    def test_are_those_that_this_process_uses(self, db) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            assert cursor.fetchone() == ("5s",)


def connect(name: str, **given: str) -> psycopg.Connection:
    """Returns a connection as the process has it."""
    return psycopg.connect(os.environ["DATABASE_URL"], **processes.database_options(name, given))


def seconds_of(shown: str) -> int:
    """Returns the seconds of what PostgreSQL shows, such as "2min"."""
    number, unit = re.fullmatch(r"(\d+)(\w*)", shown).groups()
    return int(number) * {"": 1, "s": 1, "min": 60}[unit]


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
