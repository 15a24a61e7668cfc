"""What cannot be right is said in one line by `check --deploy`, and by each process before it serves."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
KEY = "b25seS1mb3ItY2hlY2tzLTAxMjM0NTY3ODlhYmNkZWY="
PRODUCTION = {
    "DEBUG": "false",
    "ALLOWED_HOSTS": "billing.example.com",
    "PUBLIC_URL": "https://billing.example.com",
    "SECRET_KEY": "only-for-checks-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJK",
    "CREDENTIAL_KEYS": KEY,
}
NOWHERE = "postgres://flexsync:hidden@127.0.0.1:1/flexsync"
WRONG = {
    "no key": ({"CREDENTIAL_KEYS": []}, "CREDENTIAL_KEYS: there is no key"),
    "a key that is none": (
        {"CREDENTIAL_KEYS": [KEY, "nonsense"]},
        "CREDENTIAL_KEYS: key 2 of 2 is no Fernet key",
    ),
    "an address without https": (
        {"PUBLIC_URL": "http://billing.example.com"},
        "PUBLIC_URL is http://billing",
    ),
    "debugging": ({"DEBUG": True}, "DEBUG is on"),
    "a weak key": ({"SECRET_KEY": "secret"}, "SECRET_KEY is weak"),
    "a limit that is none": ({"API_RATE_LIMIT": "lots"}, "API_RATE_LIMIT: 'lots' is no limit"),
    "a limit of nothing": ({"API_RATE_LIMIT": "0/minute"}, "API_RATE_LIMIT: '0/minute' is no limit"),
    "an address of others": (
        {"PUBLIC_URL": "https://elsewhere.example.com"},
        "ALLOWED_HOSTS lacks the host of PUBLIC_URL, 'elsewhere.example.com'",
    ),
}
# The settings in this process that stand for production's.
IN_PRODUCTION = {
    "PUBLIC_URL": PRODUCTION["PUBLIC_URL"],
    "SECRET_KEY": PRODUCTION["SECRET_KEY"],
    "DEBUG": False,
    "ALLOWED_HOSTS": [PRODUCTION["ALLOWED_HOSTS"]],
}
MISTAKES: dict[str, str | None] = {
    "DATABASE_URL": "mysql://flexsync:hidden@localhost/flexsync",
    "REDIS_URL": "amqp://flexsync:hidden@localhost",
    "PUBLIC_URL": "https//billing.example.com",
    "SESSION_HOURS": "abc",
    "REQUIRE_SECOND_FACTOR": "ture",
    "LOG_LEVEL": "LOUD",
}
CHECK = ["python", "manage.py", "check", "--deploy"]
PROCESSES = {
    "web": ["gunicorn", "--config", "deploy/gunicorn/web.py"],
    "webhooks": ["gunicorn", "--config", "deploy/gunicorn/webhooks.py"],
    "worker": ["celery", "-A", "flexsync", "worker"],
    "beat": ["celery", "-A", "flexsync", "beat"],
}
pytestmark = pytest.mark.django_db


def run(command: list[str], changes: dict[str, str | None]) -> subprocess.CompletedProcess[str]:
    """Runs it with production's settings and these changes (None: without the variable), until it ends."""
    ours = connection.settings_dict
    database = f"postgres://{ours['USER']}:{ours['PASSWORD']}@{ours['HOST']}:{ours['PORT']}/{ours['NAME']}"
    variables = os.environ | PRODUCTION | {"DATABASE_URL": database} | changes
    known = {name: value for name, value in variables.items() if value is not None}
    return subprocess.run(
        [BIN / command[0], *command[1:]],
        cwd=ROOT,
        env=known,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class TestWhatCannotBeRight:
    @pytest.mark.parametrize("wrong", WRONG)
    def test_is_said_by_the_check(self, wrong: str, settings: Any) -> None:
        for name, value in (IN_PRODUCTION | WRONG[wrong][0]).items():
            setattr(settings, name, value)
        with pytest.raises(SystemCheckError) as found:
            call_command("check", deploy=True)
        assert WRONG[wrong][1] in str(found.value)

    @pytest.mark.parametrize("name", PROCESSES)
    def test_keeps_the_process_from_serving(self, name: str) -> None:
        ended = run(
            PROCESSES[name], {"CREDENTIAL_KEYS": "nonsense", "DATABASE_URL": NOWHERE, "SECRET_KEY": "secret"}
        )
        lines = [line for line in ended.stderr.splitlines() if line.startswith("flexsync: ")]
        assert (ended.returncode, len(lines)) == (1, 3), ended.stderr
        for start in ("CREDENTIAL_KEYS: key 1 of 1", "SECRET_KEY is weak", "The database does not respond"):
            assert any(line.startswith(f"flexsync: {start}") for line in lines), start
        assert "Traceback" not in ended.stderr
        assert "hidden" not in ended.stderr

    @pytest.mark.parametrize("command", [PROCESSES["web"], PROCESSES["worker"], CHECK])
    def test_is_said_of_variables_before_anything_else(self, command: list[str]) -> None:
        ended = run(command, {"SECRET_KEY": None, "CREDENTIAL_KEYS": None})
        assert (ended.returncode, ended.stderr.count("Traceback")) == (1, 0)
        assert "flexsync: set SECRET_KEY, CREDENTIAL_KEYS: .env.example explains" in ended.stderr

    @pytest.mark.parametrize("name", PROCESSES)
    def test_is_said_of_all_variables_at_once(self, name: str) -> None:
        ended = run(PROCESSES[name], MISTAKES)
        lines = [line for line in ended.stderr.splitlines() if line.startswith("flexsync: ")]
        assert sorted(line.split()[1] for line in lines) == sorted(MISTAKES), ended.stderr
        assert ended.returncode != 0
        assert "Traceback" not in ended.stderr
        assert "hidden" not in ended.stderr

    @pytest.mark.parametrize("name", ["web", "webhooks"])
    def test_is_said_of_the_variables_of_gunicorn(self, name: str) -> None:
        ended = run(PROCESSES[name], {f"{name.upper()}_THREADS": "0"})
        said = f"flexsync: {name.upper()}_THREADS is '0': write a whole number, 1 to 100000"
        assert (ended.returncode != 0, ended.stderr.startswith(said)) == (True, True), ended.stderr


class TestTheDatabase:
    def test_may_lack_no_migration(self) -> None:
        ((_, newest),) = MigrationLoader(connection).graph.leaf_nodes("billing")
        MigrationRecorder.Migration.objects.get(app="billing", name=newest).delete()
        with pytest.raises(SystemCheckError, match=f"lacks migrations: billing.{newest}"):
            call_command("check", deploy=True)

    def test_may_have_those_of_a_later_version(self) -> None:
        MigrationRecorder.Migration.objects.create(app="integrations", name="9999_later")
        call_command("check", deploy=True)

    def test_has_to_respond(self) -> None:
        ended = run(CHECK, {"DATABASE_URL": NOWHERE})
        assert ended.returncode == 1
        assert "The database does not respond: connection failed" in ended.stderr


def test_all_is_well_where_all_is_right() -> None:
    ended = run([*CHECK, "--fail-level", "WARNING"], {})
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "no issues" in ended.stdout
