"""Passwords, sessions, and what a browser may run."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.login.conftest import PASSWORD, LogIn

HOURS = 3600


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short-horse", "at least 12 characters"),
        ("847261094857", "entirely numeric"),
        ("password1234567890"[:12], "too common"),
        ("ada-lovelace-1", "too similar"),
    ],
)
def test_a_weak_password_is_refused(
    ada: User, log_in: LogIn, client: Client, password: str, why: str
) -> None:
    User.objects.filter(pk=ada.pk).update(email="ada-lovelace-1@example.com")
    log_in()
    typed = {"old_password": PASSWORD, "new_password1": password, "new_password2": password}
    assert why in client.post("/admin/password_change/", typed).content.decode()


def test_a_session_ends_with_the_working_day(ada: User, log_in: LogIn) -> None:
    cookie = log_in().cookies["sessionid"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (12 * HOURS, True, "Lax")


@pytest.mark.parametrize("path", ["/admin/login/", "/v1/docs", "/healthz", "/v1/nothing"])
def test_a_page_runs_no_script_of_others(client: Client, db: None, path: str) -> None:
    policy = client.get(path).headers["Content-Security-Policy"]
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    assert rules["script-src"] == "'self' 'unsafe-eval'"
    assert rules["default-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["object-src"] == "'none'"


def test_the_documentation_of_the_api_has_no_script_inside(client: Client, db: None) -> None:
    page = client.get("/v1/docs").content.decode()
    assert page.count("<script") == page.count("<script src=")
