"""A second factor: set up by a person, asked for at the log-in, taken away by them or an administrator."""

import time
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.login.conftest import LogIn

PAGE = "/admin/second_factor/"


def code_of(user: User, steps_from_now: int = 0) -> str:
    """What the person's app shows, so many times half a minute from now."""
    device = TOTPDevice.objects.get(user=user)
    totp = TOTP(device.bin_key)
    totp.time = time.time() + 30 * steps_from_now
    return f"{totp.token():06}"


@pytest.fixture
def phone(ada: User, log_in: LogIn, client: Client) -> User:
    """Ada has set up her phone, and has logged out."""
    log_in()
    client.post(PAGE, {"begin": "1"})
    # The code before the last one, so that later ones are left for the tests.
    assert client.post(PAGE, {"code": code_of(ada, -1)}).status_code == 302
    client.post("/admin/logout/")
    return ada


def test_the_page_shows_a_picture_and_the_key(ada: User, log_in: LogIn, client: Client) -> None:
    log_in()
    client.post(PAGE, {"begin": "1"})
    page = client.get(PAGE)
    key = page.context["key"]
    assert "<svg" in page.content.decode()
    assert key in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert page.context["key"] == client.get(PAGE).context["key"]


def test_looking_at_the_page_begins_nothing(ada: User, log_in: LogIn, client: Client) -> None:
    log_in()
    page = client.get(PAGE)
    assert 'name="begin"' in page.content.decode() and "<code" not in page.content.decode()
    assert client.post(PAGE, {"code": "000000"}).status_code == 200
    assert not TOTPDevice.objects.exists()


def test_a_wrong_code_sets_nothing_up(ada: User, log_in: LogIn, client: Client) -> None:
    log_in()
    client.post(PAGE, {"begin": "1"})
    refused = client.post(PAGE, {"code": "000000"})
    assert "This code is not right" in refused.content.decode()
    assert not TOTPDevice.objects.filter(confirmed=True)
    client.post("/admin/logout/")
    assert log_in().status_code == 302


def test_the_password_alone_opens_nothing(phone: User, log_in: LogIn, client: Client) -> None:
    assert "the code that your authenticator app shows" in log_in().content.decode()
    assert client.get("/admin/").status_code == 302


def test_password_and_code_open_once(phone: User, log_in: LogIn, client: Client) -> None:
    code = code_of(phone)
    assert log_in(code=code).status_code == 302
    assert client.get("/admin/").status_code == 200
    client.post("/admin/logout/")
    assert log_in(code=code).status_code == 200


def test_codes_cannot_be_guessed(phone: User, log_in: LogIn) -> None:
    assert "not right" in log_in(code="000000").content.decode()
    assert "failed attempt" in log_in(code=code_of(phone)).content.decode()


def test_a_code_does_not_replace_the_password(phone: User, log_in: LogIn) -> None:
    assert log_in("wrong", code=code_of(phone)).status_code == 200


def test_a_person_takes_it_away_with_a_code(phone: User, log_in: LogIn, client: Client) -> None:
    log_in(code=code_of(phone))
    assert client.post(PAGE, {"code": "000000"}).status_code == 200
    TOTPDevice.objects.get().throttle_reset()
    client.post(PAGE, {"code": code_of(phone, 1)})
    assert not TOTPDevice.objects.exists()
    assert LogEntry.objects.first().change_message == "Took the second factor away."  # type: ignore[union-attr]


def test_an_administrator_takes_it_away(phone: User, operator: Client, log_in: LogIn) -> None:
    chosen = {"action": "remove_second_factor", "_selected_action": [phone.pk]}
    operator.post("/admin/auth/user/", chosen)
    assert log_in().status_code == 302


class TestRequired:
    @pytest.fixture(autouse=True)
    def required(self, settings: Any) -> None:
        settings.REQUIRE_SECOND_FACTOR = True

    def test_all_leads_to_the_page(self, ada: User, log_in: LogIn, client: Client) -> None:
        log_in()
        for path in ("/admin/", "/admin/billing/customer/", "/admin/search/"):
            assert client.get(path).headers["Location"] == PAGE
            assert client.post(path, {}).headers["Location"] == PAGE
        assert "only used with a second factor" in client.get(PAGE).content.decode()

    def test_it_opens_once_it_is_set_up(self, phone: User, log_in: LogIn, client: Client) -> None:
        log_in(code=code_of(phone))
        assert client.get("/admin/billing/customer/").status_code == 200

    def test_strangers_are_led_to_the_log_in(self, client: Client, db: None) -> None:
        assert client.get("/admin/").headers["Location"].startswith("/admin/login/")
