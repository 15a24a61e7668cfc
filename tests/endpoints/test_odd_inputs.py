"""Whatever is sent to whichever address: the answer is an error that says what to change, never a 500."""

import logging
import os
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from rest_framework.test import APIClient

from billing.api.filters import MomentFilter
from billing.tests.conftest import client
from billing.tests.factories import EnvironmentFactory
from integrations.providers.stripe import client as stripe_client
from tests.endpoints.routes import Endpoint, endpoints
from tests.endpoints.sending import example, fields_of, filled, send
from tests.endpoints.world import make_world

pytestmark = pytest.mark.django_db

BODIES: tuple[bytes, ...] = (
    b"[]", b"null", b'"x"', b"NaN", b"\xff", b"\x1f\x8b\x08", b'{"a": 1, "a": 2}', b'{"\\ud800": 1}', b'{"\\u0000": 1}',
    b'{"a": 1e400}', b'{"a": ' + b"9" * 5000 + b"}", b"[" * 900 + b"]" * 900, b'{"a":' * 20_000,
)  # fmt: skip
ODD: tuple[Any, ...] = (
    None, True, -1, 10**30, 10**400, 1.5, float("1e300"), "a\0b", "\ud800", "x" * 50_000, [None], [[]], [{}], ["\ud800"],
    {"\ud800": "x"}, {"a": {"b": {"c": None}}}, "2026-01-01T00:00:00+16:05", "0001-01-01T00:00:00+10:00", "http://[",
)  # fmt: skip
PARTS_OF_PATHS = ("%00", "%0D%0A", "a%00b", "%F0%9F%92%A5", "x" * 300)
METHODS = ("get", "put", "patch", "options", "post", "delete", "trace", "propfind")
QUERY = ("a%00b", "x" * 3000, "nan", "1e400", "-1", "[]", "%ED%A0%80", "٣")
MOMENTS = (
    "2026-01-01T00:00:00%2B16:05", "2026-01-01T00:00:00-23:59", "0001-01-01T00:00:00%2B10:00",
    "9999-12-31T23:59:59-10:00", "2026-02-30T00:00:00Z", "yesterday",
)  # fmt: skip
HEADERS = (
    {"HTTP_CONTENT_ENCODING": "gzip"},
    {"HTTP_IDEMPOTENCY_KEY": "a\r\nb"},
    {"HTTP_IDEMPOTENCY_KEY": "\xfc"},
    {"HTTP_IDEMPOTENCY_KEY": "x" * 256},
    {"HTTP_ACCEPT": "garbage"},
    {"content_type": "application/x-www-form-urlencoded"},
    {"content_type": "application/json; charset=no-such"},
)
World = tuple[APIClient, dict[str, str]]


# Each address gets some of them in a run, other ones the next address; `make nightly` sends all.
ALL = os.environ.get("INPUTS") == "all"


def some(values: Sequence[Any], index: int, count: int) -> Sequence[Any]:
    """``count`` of the values, from another one on for each index."""
    return values if ALL else [values[(index * count + step) % len(values)] for step in range(count)]


@pytest.fixture
def world() -> Iterator[World]:
    """A client, and the ids of the rows that it may name; the log of refusals is not of interest."""
    environment = EnvironmentFactory()
    logging.disable(logging.CRITICAL)
    yield client(environment), make_world(environment)
    logging.disable(logging.NOTSET)


@pytest.fixture(autouse=True)
def _no_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe_client, "RETRIES", 0)


def check(endpoint: Endpoint, what: Any, response: Any, *statuses: int) -> None:
    """It is an error of the API, or one of ``statuses``."""
    if response.status_code in statuses:
        return
    body = response.json()
    assert set(body) == {"code", "message", "http_status_code", "details"}, (str(endpoint), what, body)
    refused = 400 <= response.status_code < 500 or body["code"] == "provider_unavailable"
    assert refused and body["message"], (str(endpoint), what, body)


class TestAnAddress:
    def test_with_an_odd_part_is_not_found(self, world: World) -> None:
        api, ids = world
        for index, one in enumerate(endpoints()):
            body = None if one.method == "get" else example(one.parser, ids)
            for name in re.findall(r"{(\w+)}", one.path):
                for part in some(PARTS_OF_PATHS, index, 2):
                    check(one, part, send(api, one.method, filled(one, ids, **{name: part}), body))

    @pytest.mark.parametrize("path", ["%00", "a%00b", "%0A", "v1/%00", "admin/%00/", "static/%00"])
    def test_that_nothing_can_have_is_not_found(self, operator: Any, path: str) -> None:
        assert operator.get(f"/{path}").status_code == 404
        assert operator.get(f"/admin/billing/customer/{path}/change/").status_code in (302, 404)

    def test_knows_no_other_methods(self, world: World) -> None:
        api, ids = world
        known = {(one.method, one.path) for one in endpoints()}
        for index, one in enumerate(endpoints()):
            for method in some(METHODS, index, 3):
                if (method, one.path) not in known:
                    response = send(api, method, filled(one, ids))
                    assert response.status_code == 405, (str(one), method)
                    assert response.json()["code"] == "method_not_allowed"

    @pytest.mark.parametrize("path", ["/v1/docs", "/v1/schema"])
    def test_of_the_documentation_knows_only_get(self, world: World, path: str) -> None:
        for method in ("options", "post", "put", "delete", "propfind"):
            assert send(world[0], method, path).status_code == 405, method
        assert send(world[0], "get", path, HTTP_ACCEPT="garbage").status_code in (200, 406)


class TestAQuery:
    def test_with_odd_values_is_refused_or_finds_nothing(self, world: World) -> None:
        api, ids = world
        for index, one in enumerate(endpoints()):
            for place, name in enumerate(sorted(set(one.parameters))):
                for value in some(QUERY, index + place, 1):
                    body = None if one.method == "get" else example(one.parser, ids)
                    response = send(api, one.method, f"{filled(one, ids)}?{name}={value}", body)
                    check(one, (name, value), response, 200, 201, 202, 204)

    def test_with_nul_is_refused_by_name(self, world: World) -> None:
        api, ids = world
        for one in endpoints():
            response = send(api, one.method, f"{filled(one, ids)}?a=b%00")
            assert (response.status_code, list(response.json()["details"])) == (400, ["a"]), str(one)

    def test_with_a_parameter_twice_is_refused_by_name(self, world: World) -> None:
        response = send(world[0], "get", "/v1/customers?limit=1&limit=2")
        assert response.json()["details"] == {"limit": "Send it once."}

    def test_with_odd_moments_is_refused_or_understood(self, world: World) -> None:
        api, ids = world
        tried = 0
        for index, one in enumerate(endpoints()):
            filters = getattr(one.view, "filterset_class", None)
            known = filters.get_filters().items() if filters and one.action == "list" else ()
            for name, kind in known:
                if "time" in type(kind).__name__.lower() or isinstance(kind, MomentFilter):
                    for moment in some(MOMENTS, index, 3):
                        check(one, moment, send(api, "get", f"{filled(one, ids)}?{name}={moment}"), 200)
                        tried += 1
        assert tried > 30

    def test_of_the_admin_with_nul_is_refused(self, operator: Any) -> None:
        for query in ("q=%00", "status__exact=%00", "%00=1"):
            assert operator.get(f"/admin/billing/customer/?{query}").status_code == 400

    def test_with_thousands_of_parameters_is_refused(self, world: World) -> None:
        many = "&".join(f"a{number}=1" for number in range(1100))
        for path in ("/v1/customers", "/v1/nothing", "/v1/events/replay"):
            response = send(world[0], "get", f"{path}?{many}")
            assert response.json()["code"] in ("invalid", "not_found", "method_not_allowed")


class TestABody:
    def test_that_is_none_is_refused(self, world: World) -> None:
        api, ids = world
        for index, one in enumerate(writing()):
            for body in some(BODIES, index, 3):
                response = send(api, one.method, filled(one, ids), body)
                check(one, body[:30], response, *([200, 204] if one.method == "delete" else []))

    def test_with_odd_headers_is_refused(self, world: World) -> None:
        api, ids = world
        for index, one in enumerate(writing()):
            for headers in some(HEADERS, index, 2):
                if one.method == "post":
                    check(one, headers, send(api, "post", filled(one, ids), b"{}", **headers))

    def test_with_odd_values_is_refused_or_taken(self, world: World) -> None:
        api, ids = world
        tried = set()
        for one in writing():
            if one.parser is None or (one.parser, one.method) in tried:
                continue
            tried.add((one.parser, one.method))
            path, body = filled(one, ids), example(one.parser, ids)
            for index, (name, made) in enumerate(fields_of(one.parser)):
                for value in some(ODD, index, 2):
                    check(one, (name, value), send(api, one.method, path, body | made(value)), 200, 201, 202)
        assert len(tried) > 30


def writing() -> list[Endpoint]:
    """Those that take a body."""
    return [one for one in endpoints() if one.method != "get"]
