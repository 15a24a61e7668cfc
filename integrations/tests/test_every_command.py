"""What all commands have: examples that their own parser takes, and --json."""

import json
import shlex
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command, find_commands, load_command_class
from rest_framework.test import APIClient

from billing.management.operator_command import OperatorCommand
from billing.models import ApiKey
from integrations.models import Connection, OutboundCall
from integrations.tests.factories import CustomerFactory


def commands() -> list[tuple[str, Any]]:
    folders = {app: f"{apps.get_app_config(app).path}/management" for app in ("billing", "integrations")}
    return [
        (name, load_command_class(app, name))
        for app, folder in folders.items()
        for name in find_commands(folder)
    ]


def printed(name: str, *arguments: str) -> tuple[int, Any]:
    """The exit code, and the one document on stdout."""
    out = StringIO()
    try:
        call_command(name, *arguments, "--json", stdout=out)
    except CommandError as error:
        return error.returncode, json.loads(out.getvalue() or "null")
    return 0, json.loads(out.getvalue())


def test_each_shares_json_and_has_examples_that_can_be_typed() -> None:
    for name, command in commands():
        assert isinstance(command, OperatorCommand) and command.examples, name
        parser = command.create_parser("manage.py", name)
        assert "examples:" in parser.format_help()
        offered = [one for action in parser._actions for one in action.choices or ()]
        assert {type(one) for one in offered} <= {str, int}, f"{name} names classes when one is mistyped"
        for typed, why in command.examples:
            words = shlex.split(typed.partition(" | ")[0].partition(" > ")[0])
            assert words[0] == name and why, typed
            parser.parse_args(words[1:])
        assert any("--json" in typed for typed, _ in command.examples), name


@pytest.mark.django_db
def test_one_document_is_printed_and_no_words(connection: Connection, api: APIClient) -> None:
    row = CustomerFactory(environment=connection.environment)
    assert printed("sync_customer", row.pk, "--dry-run")[1][0]["calls"]
    code, (sync,) = printed("sync_customer", row.pk, "--here")
    assert (code, sync["state"], sync["entity_id"]) == (0, "done", row.pk)
    code, found = printed("why", sync["id"])
    assert (code, found["found"][0]["kind"], found["found"][0]["state"]) == (0, "sync", "done")
    calls = OutboundCall.objects.update(operation="", request_id="", state="skipped", detail="It is there.")
    story = printed("why", sync["id"], "--only", "push")[1]["story"]
    assert [one["details"] for one in story] == [["Not needed: It is there."] * calls]
    assert printed("why", "nothing-has-this")[0] == 1
    assert printed("keys", "--environment", connection.environment.name)[1][0]["revoked"] is False
    prefix = ApiKey.objects.get().prefix
    assert printed("keys", "--revoke", prefix)[1][0]["revoked"] is True
    assert api.get("/v1/customers").status_code == 401
    assert printed("keys", "--revoke", "unknown") == (2, None)


@pytest.mark.django_db
def test_connect_makes_tests_and_registers(
    server: Any, environment: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACME_SECRET_KEY", "test_0123456789abcd")
    code, made = printed("connect", "acme", "--environment", environment.pk, "--all-switches")
    connection = Connection.objects.get()
    assert (code, made["id"], made["problem"]) == (0, connection.pk, "")
    assert connection.webhook_endpoint_id == made["webhook_endpoint_id"] != ""
    assert connection.customer_outbound_enabled
    assert printed("connect", "acme", "--environment", environment.pk) == (2, None)
    assert printed("connect", "acme", "--environment", "nowhere")[0] == 2
