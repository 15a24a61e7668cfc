"""No webhook reaches an inner address, whatever it is called."""

import contextlib
import ipaddress
import socket
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from billing.errors import Invalid
from integrations.outbound_webhooks import network, requests
from integrations.outbound_webhooks.requests import Request, Route
from integrations.tests.outbound_webhooks.receiver import Receiver, receiving

REFUSED_AT_SAVING = [
    "https://127.0.0.1/", "https://127.1/", "https://127.0.1/", "https://2130706433/", "https://0x7f000001/",
    "https://0x7f.1/", "https://0177.0.0.1/", "https://017700000001/", "https://127.0.0.1./", "https://0/",
    "https://0.0.0.0/", "https://10.0.0.1/", "https://172.16.0.1/", "https://172.31.255.255/",
    "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data", "https://100.64.0.1/",
    "https://192.0.2.1/", "https://198.18.0.1/", "https://224.0.0.1/", "https://240.0.0.1/",
    "https://255.255.255.255/", "https://[::1]/", "https://[::]/", "https://[0:0:0:0:0:0:0:1]/",
    "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://[2002:a00:1::1]/",
    "https://[2001:0:7f00:1::]/", "https://[fe80::1]/", "https://[fe80::1%25eth0]/", "https://[fec0::1]/",
    "https://192.88.99.1/", "https://[3fff::1]/",
    "https://[fc00::1]/", "https://[fd12:3456::1]/", "https://[ff02::1]/", "https://localhost/",
    "https://LOCALHOST:8443/", "https://localhost./", "https://a.localhost/", "https://redis:6379/",
    "https://db.internal/", "https://printer.local/", "https://example.com@127.0.0.1/",
    "https://user:word@example.com/", "https://example.com\\@127.0.0.1/", "https://127.0.0.1\t.example.com/",
    "https://\u2460\u2461\u2466.0.0.1/", "https://127\u30020\u30020\u30021/", "https://%31%32%37.0.0.1/",
    "ftp://example.com/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_", "//example.com/", "https://",
    "https:///example.com", "https://example.com:0/", "https://example.com:99999/", "https://example.com/#@a",
    "https://[::1", "http://example.com/", "https://exa mple.com/",
]  # fmt: skip
# What names are looked up as when something is sent.
INNER = [
    "127.0.0.1",
    "10.9.8.7",
    "169.254.169.254",
    "100.100.100.200",
    "::1",
    "::ffff:10.0.0.1",
    "fe80::1%eth0",
]


class TestAnAddress:
    @pytest.mark.parametrize("url", REFUSED_AT_SAVING)
    def test_that_is_an_inner_one_is_refused_when_it_is_saved(self, url: str) -> None:
        with pytest.raises(Invalid) as refusal:
            network.checked(url, https_only=True)
        assert set(refusal.value.details) == {"url"}

    @pytest.mark.parametrize(
        "url", ["https://example.com/a?b=c", "https://93.184.215.14:8443/", "https://[2606:4700::1111]/x"]
    )
    def test_of_the_internet_is_taken(self, url: str) -> None:
        assert network.checked(url, https_only=True).is_https

    @pytest.mark.parametrize("address", INNER)
    def test_that_a_name_turns_out_to_have_is_refused_when_something_is_sent(
        self, address: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Also where it is only one of several."""
        named(monkeypatch, [["93.184.215.14", address]])
        answer = Request(Route(network.checked("https://example.com/", https_only=True)), b"{}", {}).send()
        assert (answer.status, "is an inner address" in answer.error) == (None, True)

    def test_that_a_name_has_a_moment_later_is_not_the_one_that_is_connected_to(
        self, settings: Settings, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whatever the name means the second time: the connection is to what was checked."""
        lookups = named(monkeypatch, [["127.0.0.1"], ["127.0.0.2"]])
        target = network.checked(f"http://rebind.example.com:{receiver.port}/", https_only=False)
        route = Route(target)
        with contextlib.closing(route):
            assert Request(route, b'{"a":1}', {}).send().status == 200
        assert lookups == ["rebind.example.com"]
        monkeypatch.setattr(requests, "ADDRESS_SECONDS", 0.0)
        assert "127.0.0.2" in Request(Route(target), b"{}", {}).send().error

    def test_that_an_answer_redirects_to_is_never_asked(self, receiver: Receiver) -> None:
        with receiving() as inner:
            receiver.reply = lambda _event: (307, {"Location": inner.url}, b"")
            route = Route(network.checked(receiver.url, https_only=False))
            with contextlib.closing(route):
                assert Request(route, b"{}", {}).send().status == 307
        assert inner.got == []

    def test_may_be_an_inner_one_where_a_setting_allows_it(self, settings: Settings) -> None:
        settings.WEBHOOK_ALLOWED_NETWORKS = ["10.1.0.0/16"]
        assert not network.is_inner(ipaddress.ip_address("10.1.2.3"))
        assert network.is_inner(ipaddress.ip_address("10.2.2.3"))


def named(monkeypatch: pytest.MonkeyPatch, answers: list[list[str]]) -> list[str]:
    """Names have these addresses, one list for each time; returns the names that are looked up."""
    real, asked = socket.getaddrinfo, []

    def look_up(host: str, port: int, *more: Any, **options: Any) -> Any:
        try:
            ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            asked.append(host)
            found = answers.pop(0)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]
        return real(host, port, *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked
