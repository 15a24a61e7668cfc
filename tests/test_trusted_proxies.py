"""What a request says of its address and scheme counts only where a trusted proxy says it."""

from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.http import HttpRequest, HttpResponse
from django.test import Client

from flexsync.trusted_proxies import TrustedProxies

NEAR, FAR = "10.0.0.1", "203.0.113.9"


def seen(remote: str, **headers: str) -> dict[str, Any]:
    """What all later middleware sees of such a request."""
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": remote} | {
        f"HTTP_X_FORWARDED_{name}": text for name, text in headers.items()
    }
    TrustedProxies(lambda _request: HttpResponse())(request)
    return request.META


class TestATrustedProxy:
    def test_tells_the_address_of_the_client(self) -> None:
        assert seen("127.0.0.1", FOR=FAR) == {"REMOTE_ADDR": FAR}
        assert seen("::1", FOR="2001:db8::7") == {"REMOTE_ADDR": "2001:db8::7"}

    def test_is_asked_for_the_last_address(self) -> None:
        assert seen("127.0.0.1", FOR=f"{NEAR}, {FAR}") == {"REMOTE_ADDR": FAR}

    @pytest.mark.parametrize("odd", ["", "unknown", f"{FAR}:4711", "10.0.0.1,"])
    def test_is_not_believed_what_is_no_address(self, odd: str) -> None:
        assert seen("127.0.0.1", FOR=odd)["REMOTE_ADDR"] == "127.0.0.1"

    def test_tells_the_scheme(self, settings: Any) -> None:
        settings.SECURE_SSL_REDIRECT = True
        assert Client(headers={"X-Forwarded-Proto": "https"}).get("/v1/customers").status_code == 401


class TestAnybodyElse:
    def test_keeps_its_own_address(self) -> None:
        assert seen(FAR, FOR=NEAR)["REMOTE_ADDR"] == FAR
        assert seen("", FOR=NEAR)["REMOTE_ADDR"] == ""

    def test_cannot_claim_https(self, settings: Any) -> None:
        settings.SECURE_SSL_REDIRECT = True
        stranger = Client(REMOTE_ADDR=FAR, headers={"X-Forwarded-Proto": "https"})
        assert stranger.get("/v1/customers").status_code == 301
        assert stranger.post("/v1/integrations/stripe/webhook").status_code == 301

    def test_is_trusted_once_it_is_named(self, settings: Any) -> None:
        settings.TRUSTED_PROXIES = ["203.0.113.0/24"]
        assert seen(FAR, FOR=NEAR) == {"REMOTE_ADDR": NEAR}
        assert seen("127.0.0.1", FOR=NEAR)["REMOTE_ADDR"] == "127.0.0.1"


@pytest.mark.django_db
class TestMetrics:
    def test_are_for_the_clients_address_behind_a_trusted_proxy(self) -> None:
        through = {address: Client(headers={"X-Forwarded-For": address}) for address in (NEAR, FAR)}
        assert through[NEAR].get("/metrics").status_code == 200
        assert through[FAR].get("/metrics").status_code == 401
        assert Client(headers={"X-Forwarded-For": f"{NEAR}, {FAR}"}).get("/metrics").status_code == 401

    def test_are_for_nobody_behind_another_proxy(self) -> None:
        behind = Client(REMOTE_ADDR=NEAR, headers={"X-Forwarded-For": NEAR})
        assert behind.get("/metrics").status_code == 401


class TestTheLog:
    def test_has_the_address_that_is_known(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("INFO")
        Client(REMOTE_ADDR=FAR, headers={"X-Forwarded-For": NEAR, "X-Real-IP": NEAR}).get("/v1/customers")
        lines = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
        assert {line["ip"] for line in lines if line["event"] == "request_finished"} == {FAR}


class TestTheSetting:
    @pytest.mark.parametrize("name", ["TRUSTED_PROXIES", "METRICS_NETWORKS"])
    def test_names_networks(self, name: str, settings: Any) -> None:
        setattr(settings, name, ["10.0.0.0/8", "proxy.internal"])
        with pytest.raises(SystemCheckError, match=f"{name}: 'proxy.internal' is no network"):
            call_command("check")
