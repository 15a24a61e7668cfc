"""The proxy that the deployment ships with, in front of real processes, and under attack.

It is Debian's nginx with the configuration in deploy/nginx/. Addresses of this machine (127.0.0.x) stand for
those of clients.
"""

import gzip
import json
import re
import select
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from ssl import SSLError, SSLSocket
from typing import Any

import httpx
import pytest

from benchmarks.events import SECRET, events
from billing.models import Environment
from billing.services import environments
from devstack.nginx import CONFIGURATION, Proxy, nginx
from integrations.models import InboundEvent
from integrations.testing import make_connection
from integrations.tests.workers import until
from tests.proxied import NAME, NOWHERE, Answer, Caller, answer, behind_proxy, request

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.needs("nginx")]

ROOT = Path(__file__).resolve().parent.parent
NEAR, ATTACKER = "127.0.0.9", "127.0.0.66"
PATHS = {"/v1/customers", "/v1/integrations/stripe/webhook"}
LARGE = 400 * 1024
# A file of more than a megabyte.
SCRIPT = "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js"


@pytest.fixture(scope="module")
def stack(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Proxy, str]]:
    """The proxy, and the address of ``webhooks`` behind it."""
    with behind_proxy(tmp_path_factory.mktemp("proxy") / "nginx", METRICS_NETWORKS=NEAR) as running:
        yield running


@pytest.fixture
def proxy(stack: tuple[Proxy, str]) -> Proxy:
    return stack[0]


@pytest.fixture
def caller(proxy: Proxy) -> Caller:
    return Caller(proxy)


@pytest.fixture
def attacker(proxy: Proxy) -> Caller:
    return Caller(proxy, ATTACKER)


class Shop:
    """Those who are to be served: a program with its key, and Stripe."""

    def __init__(self, caller: Caller) -> None:
        environment = Environment.objects.create(name="Behind")
        _, self.key = environments.create_api_key(environment=environment, name="Shop", scope="write")
        self.webhook = (
            f"/v1/integrations/stripe/webhook/{make_connection(environment.pk, 'stripe', secret=SECRET).pk}"
        )
        self.caller = caller

    def calls(self, path: str = "/v1/customers", body: bytes = b"", **headers: str) -> Answer:
        """What the program gets."""
        own = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"} | headers
        return self.caller.ask("POST" if body else "GET", path, body, **own)

    def is_told(self, post: tuple[bytes, dict[str, str]]) -> Answer:
        """What Stripe gets."""
        return self.caller.ask("POST", self.webhook, post[0], **post[1])


@pytest.fixture
def shop(caller: Caller) -> Shop:
    return Shop(caller)


class TestAWay:
    def test_leads_each_request_to_its_process(
        self, proxy: Proxy, stack: Any, shop: Shop, tmp_path: Path
    ) -> None:
        assert shop.calls().status == 200
        assert (
            shop.caller.ask("GET", "/static/flexsync/admin.css")
            .headers["Content-Type"]
            .startswith("text/css")
        )
        with nginx(tmp_path / "nginx", name=NAME, web=NOWHERE, webhooks=stack[1]) as other:
            shop.caller = Caller(other)
            assert [shop.is_told(post).status for post in events(2)] == [200, 200]
            away, page = shop.calls(X_Request_ID="mine"), shop.caller.ask("GET", "/admin/")
        assert (away.status, away.json()["code"], away.headers["X-Request-ID"]) == (
            503,
            "unavailable",
            "mine",
        )
        assert (page.status, page.headers["Content-Type"]) == (503, "text/html")
        assert away.headers["Retry-After"] == page.headers["Retry-After"] == "5"

    def test_is_https(self, proxy: Proxy) -> None:
        answered = httpx.get(
            f"http://127.0.0.1:{proxy.http}/v1/customers?limit=1",
            headers={"Host": NAME, "X-Forwarded-Proto": "https"},
            trust_env=False,
        )
        assert (answered.status_code, answered.headers["Location"]) == (
            301,
            f"https://{NAME}/v1/customers?limit=1",
        )

    def test_hands_a_request_id_through(self, shop: Shop) -> None:
        assert shop.calls(X_Request_ID="order-7/42").headers["X-Request-ID"] == "order-7/42"
        assert shop.calls(X_Request_ID="a b").headers["X-Request-ID"].startswith("req_")
        assert len(shop.calls().headers["X-Request-ID"]) == 36

    def test_compresses_what_the_api_answers_and_no_page(self, shop: Shop) -> None:
        made = shop.calls(body=b'{"name": "%s"}' % (b"x" * 2000)).json()
        packed = shop.calls(f"/v1/customers/{made['id']}", Accept_Encoding="gzip")
        assert (json.loads(gzip.decompress(packed.body)), packed.headers["ETag"]) == (made, 'W/"1"')
        assert shop.calls(f"/v1/customers/{made['id']}/restore", b"{}", If_Match='W/"1"').status == 200
        page = shop.caller.ask("GET", "/admin/login/", Accept_Encoding="gzip")
        assert "Content-Encoding" not in page.headers

    def test_makes_a_body_whole(self, shop: Shop) -> None:
        """FlexSync refuses chunks (411): it gets none."""
        headers = f"POST /v1/customers HTTP/1.1\r\nHost: {NAME}\r\nAuthorization: Bearer {shop.key}\r\n"
        headers += "Content-Type: application/json\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        made = shop.caller.sent(headers.encode() + b'8\r\n{"name":\r\n7\r\n "Ada"}\r\n0\r\n\r\n')
        assert made.startswith(b"HTTP/1.1 201 ")


class TestSlowClients:
    def test_keep_nobody_else_waiting(self, proxy: Proxy, shop: Shop) -> None:
        """Unfinished bodies and headers, answers that nobody reads, and idle connections, all at once."""
        paths = [shop.webhook] * 16 + ["/admin/"] * 200
        with ExitStack() as stack:
            bodies = [begun(stack, Caller(proxy, "127.0.0.2"), unfinished(path)) for path in paths]
            headers = [begun(stack, Caller(proxy, "127.0.0.3"), b"GET / HTTP/1.1\r\n") for _ in range(200)]
            # Four megabytes fit into the system's buffers.
            scripts = request("GET", SCRIPT) * 4
            readers = [begun(stack, Caller(proxy, "127.0.0.4"), scripts, receives=2048) for _ in range(12)]
            idle = [begun(stack, Caller(proxy, "127.0.0.5"), request("GET", "/healthz")) for _ in range(50)]
            assert {answer(connection).status for connection in idle} == {200}
            answers = [*served_meanwhile(shop, headers, seconds=9)]
            # 64 may be under way from one address, for eight seconds; the others were sent away.
            assert Counter(rest(connection)[9:12] for connection in bodies) == {b"": 64, b"429": 152}
            assert {rest(connection) for connection in headers} == {b""}
            until(
                lambda: all(is_reset(connection) for connection in readers), "nothing more is kept for them"
            )
            idle[0].sendall(request("GET", "/healthz"))
            assert answer(idle[0]).status == 200, "who is idle keeps its connection"
        assert len(answers) >= 12 and set(answers) == {200}
        assert InboundEvent.objects.count() == len(answers) // 2


def begun(stack: ExitStack, caller: Caller, raw: bytes, receives: int = 0) -> SSLSocket:
    """A connection on which an attacker has sent so much."""
    connection = stack.enter_context(caller.opened(receives=receives))
    connection.sendall(raw)
    return connection


def unfinished(path: str) -> bytes:
    """A request of whose body nearly all is missing; the admin would look for the cookie's token in it."""
    form = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"csrftoken={'a' * 32}"}
    return request("POST", path, Content_Length="1000", **form) + b"{"


def served_meanwhile(shop: Shop, dripped: list[SSLSocket], seconds: float) -> Iterator[int]:
    """What program and Stripe get, while one more header drips on each of the connections every second."""
    deadline = time.monotonic() + seconds
    for post in events(1000):
        yield shop.is_told(post).status
        yield shop.calls().status
        for connection in dripped:
            with suppress(OSError):
                connection.sendall(b"X-A: b\r\n")
        if time.monotonic() > deadline:
            return
        time.sleep(0.5)


def rest(connection: SSLSocket) -> bytes:
    """All that is left to read until the other side has closed the connection."""
    found = b""
    with suppress(ConnectionError, SSLError):
        while more := connection.recv(65536):
            found += more
    return found


def is_reset(connection: SSLSocket) -> bool:
    """Whether the other side has ended the connection together with all that was not read of it."""
    asked = select.poll()
    asked.register(connection, 0)
    return bool(asked.poll(0))


class TestWhatIsTooMuch:
    def test_is_refused_before_it_is_read(self, shop: Shop) -> None:
        header = request("POST", "/v1/customers", Content_Length=str(LARGE + 1))
        with shop.caller.opened() as connection:
            connection.sendall(header)
            refused = answer(connection)
        assert (refused.status, refused.json()["code"]) == (413, "body_too_large")
        assert shop.calls(body=b"x" * LARGE).status == 400, "FlexSync's own limit is the same"
        assert shop.caller.ask("POST", shop.webhook, b"x" * 1024 * 1024).json()["code"] == "invalid_signature"
        assert shop.caller.ask("POST", shop.webhook, b"x" * (1024 * 1024 + 1)).status == 413

    def test_is_told_of_headers(self, shop: Shop) -> None:
        assert shop.calls(X_A="x" * 4000).status == 200
        assert shop.calls(X_A="x" * 4096).status == 400
        assert shop.calls(**{f"X_{number}": "x" * 3000 for number in range(6)}).status == 400
        assert shop.calls(f"/v1/customers?search={'x' * 4096}").status == 414

    @pytest.mark.parametrize("path", sorted(PATHS))
    def test_is_counted_for_each_address_and_process(self, path: str, tmp_path: Path) -> None:
        """Of requests at once 200, and 100 more each second, get to FlexSync (which is away here)."""
        with nginx(tmp_path / "nginx", name=NAME, web=NOWHERE, webhooks=NOWHERE) as proxy:
            with Caller(proxy, ATTACKER).opened() as connection:
                connection.sendall(request("GET", path) * 400 + request("GET", *PATHS - {path}) * 20)
                answers = [answer(connection) for _ in range(420)]
            other = Caller(proxy).ask("GET", path)
        assert {one.status for one in [*answers[:200], *answers[400:], other]} == {503}
        (refused, *_) = [one for one in answers if one.status != 503]
        assert (refused.status, refused.json()["code"]) == (429, "throttled")
        assert refused.headers["Retry-After"] == "1"

    def test_are_attempts_to_log_in(self, attacker: Caller) -> None:
        statuses = [attacker.ask("POST", "/admin/login/", b"password=guessed").status for _ in range(12)]
        assert statuses == [403] * 11 + [429]
        assert attacker.ask("GET", "/admin/login/").status == 200


class TestTwoRequestsInOne:
    """Where proxy and FlexSync read a request's end differently, one hides another."""

    @pytest.mark.parametrize(
        ("headers", "body"),
        [
            ("Content-Length: 4\r\nTransfer-Encoding: chunked", "0\r\n\r\n{hidden}"),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "0\r\n\r\n{hidden}"),
            ("Transfer-Encoding: xchunked", "0\r\n\r\n{hidden}"),
            ("Transfer-Encoding: chunked", "zz\r\n{hidden}"),
            ("Transfer-Encoding: chunked", "-1\r\n{hidden}"),
            ("Content-Length: 0\r\nContent-Length: 5", "{hidden}"),
            ("Content-Length: +0", "{hidden}"),
        ],
    )
    def test_are_refused(self, shop: Shop, headers: str, body: str) -> None:
        hidden = request("GET", "/healthz").decode()
        raw = f"POST /v1/customers HTTP/1.1\r\nHost: {NAME}\r\n{headers}\r\n\r\n{body.format(hidden=hidden)}"
        found = shop.caller.sent(raw.encode())
        assert re.findall(rb"HTTP/1.1 (\d+)", found) in ([b"400"], [b"501"])


class TestWhatAClientSaysOfItself:
    def test_is_no_address(self, proxy: Proxy) -> None:
        spoofed = {"X_Forwarded_For": NEAR, "X_Real_IP": NEAR, "Forwarded": f"for={NEAR}"}
        assert Caller(proxy, "127.0.0.1").ask("GET", "/metrics", **spoofed).status == 401
        assert Caller(proxy, NEAR).ask("GET", "/metrics", X_Forwarded_For="203.0.113.9").status == 200

    def test_is_no_scheme(self, caller: Caller) -> None:
        assert caller.ask("GET", "/admin/login/", X_Forwarded_Proto="http").status == 200

    def test_is_no_host(self, caller: Caller) -> None:
        assert caller.ask("GET", "/admin/", Host="evil.example").status == 421
        named = caller.ask(
            "GET", "/v1/schema?format=json", X_Forwarded_Host="evil.example", X_Forwarded_Port="1"
        )
        assert b"evil.example" not in named.body
        absolute = request("GET", "https://evil.example/healthz")
        assert b"421 Misdirected" in caller.sent(absolute.replace(b"Content-Length: 0", b"Connection: close"))


class TestItsOwnErrors:
    ERRORS = re.findall(r"return (\d+) '(\{.+\})';", (CONFIGURATION / "nginx.conf.template").read_text())

    def test_are_the_apis(self) -> None:
        assert {status for status, _ in self.ERRORS} == {"413", "429", "503", "504"}
        for status, text in self.ERRORS:
            assert list(json.loads(text)) == ["code", "message", "http_status_code", "details"]
            assert json.loads(text)["http_status_code"] == int(status)

    def test_are_documented(self) -> None:
        documented = (ROOT / "docs" / "errors.md").read_text().split("## From the proxy")[1]
        for status, text in self.ERRORS:
            assert f"| {status} | `{json.loads(text)['code']}` |" in documented
