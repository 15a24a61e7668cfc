"""`manage.py status`: home at a shell."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from integrations.models import Connection
from integrations.tests.admin.conftest import make_event
from integrations.triage import marks
from integrations.triage.groups import groups

pytestmark = pytest.mark.django_db


def status(*options: str) -> tuple[int, str]:
    """Returns the exit code and what was printed."""
    printed = StringIO()
    try:
        call_command("status", *options, stdout=printed)
    except CommandError as end:
        return end.returncode, printed.getvalue() + str(end)
    return 0, printed.getvalue()


@pytest.fixture
def _problem(connection: Connection) -> None:
    make_event(connection, state="dead", reason="There is no [plan].", settled_at=timezone.now())


def test_says_that_all_is_well() -> None:
    assert status() == (0, "All is well: nothing needs a person.\n")


@pytest.mark.usefixtures("_problem")
class TestAProblem:
    def test_is_shown_with_what_to_do(self) -> None:
        code, printed = status()
        assert code == 1
        words = " ".join(printed.split())
        assert "1 group needs a person." in words and "[plan]" in printed.replace("\n", "")

    def test_says_since_when_and_until_when(
        self, connection: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", "300")
        old = timezone.now() - timedelta(hours=2)
        make_event(connection, state="dead", reason="There is no [plan].", settled_at=old)
        assert f"{old:%Y-%m-%d %H:%M} to " in status()[1]

    def test_is_told_to_programs(self, connection: Connection) -> None:
        code, printed = status("--json")
        (one,) = json.loads(printed[: printed.rindex("]") + 1])
        assert code == 1
        assert (one["code"], one["count"], one["connection_id"]) == ("dead_event", 1, connection.pk)

    def test_that_was_dismissed_is_none_but_is_shown_if_asked(self) -> None:
        now: Any = timezone.now()
        marks.dismiss(groups(now)[0], by="ann", reason="Ours.", now=now)
        assert status()[0] == 0
        code, printed = status("--all", "--json")
        assert (code, json.loads(printed)[0]["dismissed"]) == (0, True)

    def test_of_an_environment(self, connection: Connection) -> None:
        assert status("--environment", connection.environment.name)[0] == 1
        code, printed = status("--environment", "nowhere")
        assert (code, "There is no environment nowhere. There are: " in printed) == (2, True)
