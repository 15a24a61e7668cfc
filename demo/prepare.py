"""Prepares a run: migrates, makes an admin user and an environment, and pauses older runs' connections."""

import json
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path

import django

USER, PASSWORD = "admin", "flexsync-demo"


def prepare(home: Path) -> None:
    """Writes what the story needs to know into ``home``/story.json."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    _admin()
    _pause_older_connections()
    environment = f"Demo {datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
    facts = {
        "environment": environment,
        "api_key": _api_key(environment),
        # The simulator keeps everything in memory, so each run uses a new account.
        "secret_key": f"sk_test_demo{datetime.now(UTC):%Y%m%d%H%M%S}_{secrets.token_hex(8)}",
        "user": USER,
        "password": PASSWORD,
    }
    with os.fdopen(os.open(home / "story.json", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(facts, file)


def _admin() -> None:
    """Creates the superuser, unless an earlier run did."""
    from django.contrib.auth import get_user_model

    users = get_user_model()._default_manager
    if not users.filter(username=USER).exists():
        get_user_model().objects.create_superuser(USER, "admin@example.com", PASSWORD)


def _api_key(environment_name: str) -> str:
    """Creates an environment and returns an API key for it."""
    from billing.services import environments

    environment = environments.create(name=environment_name, kind="development")
    return environments.create_api_key(environment=environment, name="Demo", scope="write")[1]


def _pause_older_connections() -> None:
    """Pauses connections whose accounts no longer exist, because the simulator that held them has stopped."""
    from integrations.models import Connection

    older = Connection.objects.filter(environment__name__startswith="Demo ", status="active")
    older.update(
        status="paused",
        status_reason="The demo that made this connection has stopped, and its simulated account with it.",
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flexsync.settings")
    django.setup()
    prepare(Path(os.environ["DEMO_HOME"]))
