"""Guessing a password ends after a few tries, and keeps nobody else out."""

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone

from tests.login.conftest import PASSWORD, LogIn


def guess(log_in: LogIn, times: int) -> Any:
    for number in range(times):
        last = log_in(f"guess {number}")
    return last


@pytest.fixture
def locked_out(ada: User, log_in: LogIn) -> LogIn:
    guess(log_in, settings.AXES_FAILURE_LIMIT)
    return log_in


def test_one_wrong_password_less_keeps_the_log_in_open(ada: User, log_in: LogIn) -> None:
    assert guess(log_in, settings.AXES_FAILURE_LIMIT - 1).status_code == 200
    assert log_in().status_code == 302


def test_the_right_password_does_not_help_whoever_guessed(locked_out: LogIn) -> None:
    refused = locked_out()
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "900")
    assert "15 minutes" in refused.content.decode()
    assert "axes_reset_username" in refused.content.decode()


def test_from_another_address_the_person_comes_in(locked_out: LogIn) -> None:
    assert locked_out(address="192.0.2.2").status_code == 302


def test_from_the_same_address_others_come_in(locked_out: LogIn) -> None:
    User.objects.create_superuser("grace", password=PASSWORD)
    assert locked_out(name="grace").status_code == 302


def test_a_guesser_does_not_move_by_a_header(ada: User, log_in: LogIn, client: Any) -> None:
    for number in range(settings.AXES_FAILURE_LIMIT):
        client.defaults["HTTP_X_FORWARDED_FOR"] = f"198.51.100.{number}"
        log_in("guess")
    assert log_in().status_code == 429


def test_behind_a_trusted_proxy_each_guesser_counts_alone(ada: User, log_in: LogIn, client: Any) -> None:
    client.defaults["HTTP_X_FORWARDED_FOR"] = "10.0.0.7, 198.51.100.1"
    for _ in range(settings.AXES_FAILURE_LIMIT):
        log_in("guess", address="127.0.0.1")
    assert log_in(address="127.0.0.1").status_code == 429
    client.defaults["HTTP_X_FORWARDED_FOR"] = "10.0.0.7, 198.51.100.2"
    assert log_in(address="127.0.0.1").status_code == 302


def test_it_ends_by_itself(locked_out: LogIn) -> None:
    long_ago = timezone.now() - settings.AXES_COOLOFF_TIME - timedelta(seconds=1)
    AccessAttempt.objects.update(attempt_time=long_ago)
    assert locked_out().status_code == 302


def test_an_operator_ends_it_at_a_shell(locked_out: LogIn) -> None:
    call_command("axes_reset_username", "ada")
    assert locked_out().status_code == 302


def test_a_right_password_forgets_the_wrong_ones(ada: User, log_in: LogIn) -> None:
    for _ in range(2):
        guess(log_in, settings.AXES_FAILURE_LIMIT - 1)
        assert log_in().status_code == 302


def test_a_name_that_nobody_can_have_is_refused(ada: User, log_in: LogIn) -> None:
    refused = log_in("wrong", name="a" * 256)
    assert refused.status_code == 200
    assert "at most 150 characters" in refused.content.decode()
    assert not AccessAttempt.objects.exists()
