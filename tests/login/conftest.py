"""A person with a password."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from billing.tests.admin.conftest import operator

__all__ = ["operator"]

PASSWORD = "correct horse battery"
LogIn = Callable[..., Any]


@pytest.fixture(autouse=True)
def quick_hashes(settings: Any) -> None:
    """Those of a deployment take a second each."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_superuser("ada", password=PASSWORD)


@pytest.fixture
def log_in(client: Client) -> LogIn:
    """The answer to a log-in as ada; ``address``: where it comes from."""

    def answer(
        password: str = PASSWORD, code: str = "", name: str = "ada", address: str = "192.0.2.1"
    ) -> Any:
        typed = {"username": name, "password": password, "otp_token": code}
        return client.post("/admin/login/?next=/admin/", typed, REMOTE_ADDR=address)

    return answer
