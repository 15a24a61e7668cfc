"""The commands that make environments and keys."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from billing.models import ApiKey, Environment

pytestmark = pytest.mark.django_db


def run(*words: str) -> tuple[str, str]:
    """What a command wrote to stdout and stderr."""
    out, err = StringIO(), StringIO()
    call_command(*words, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


class TestCreateApiKey:
    def test_prints_only_the_key_on_stdout(self, environment: Environment) -> None:
        out, err = run("create_api_key", "--environment", environment.name, "--scope", "read")
        assert APIClient().get("/v1/customers", HTTP_X_API_KEY=out.strip()).status_code == 200
        assert out.count("\n") == 1
        assert "not shown again" in err
        assert ApiKey.objects.get().scope == "read"

    def test_takes_an_id_too(self, environment: Environment) -> None:
        run("create_api_key", "--environment", environment.pk)
        assert ApiKey.objects.get().environment == environment

    def test_creates_the_environment_with_the_option(self) -> None:
        run("create_api_key", "--environment", "live", "--create-environment", "production")
        run("create_api_key", "--environment", "live", "--create-environment", "production")
        assert Environment.objects.get().kind == "production"
        assert ApiKey.objects.count() == 2

    @pytest.mark.parametrize(
        ("words", "exit_code"),
        [(["--environment", "nowhere"], 1), ([], 1), (["--environment", "x", "--scope", "all"], 1)],
    )
    def test_fails_when_it_cannot(self, words: list[Any], exit_code: int) -> None:
        with pytest.raises(CommandError) as caught:
            run("create_api_key", *words)
        assert caught.value.returncode == exit_code
        assert not ApiKey.objects.exists()


class TestCreateEnvironment:
    def test_prints_its_id(self) -> None:
        out, _ = run("create_environment", "live", "--kind", "production")
        assert Environment.objects.get(pk=out.strip()).kind == "production"

    def test_fails_when_the_name_is_taken(self, environment: Environment) -> None:
        with pytest.raises(CommandError, match="has this name"):
            run("create_environment", environment.name)
