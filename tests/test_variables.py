"""A variable of the environment is what it has to be, or a line says what to write instead."""

from collections.abc import Callable
from typing import Any

import pytest

from flexsync.variables import Variables

Read = Callable[[Variables], Any]


def whole(env: Variables) -> Any:
    return env.whole("GIVEN", default=7, least=1)


def number(env: Variables) -> Any:
    return env.number("GIVEN", default=7.5)


def switch(env: Variables) -> Any:
    return env.switch("GIVEN", default=True)


def texts(env: Variables) -> Any:
    return env.texts("GIVEN", default=["here"])


def choice(env: Variables) -> Any:
    return env.choice("GIVEN", default="web", among=("web", "worker"))


def address(env: Variables) -> Any:
    return env.address("GIVEN", default="http://localhost:8000")


def address_or_none(env: Variables) -> Any:
    return env.address("GIVEN", default="")


def database(env: Variables) -> Any:
    return env.database("GIVEN").get("NAME")


def redis(env: Variables) -> Any:
    return env.redis("GIVEN")


@pytest.mark.parametrize(
    ("read", "given", "meant"),
    [
        (whole, None, 7), (whole, "1", 1), (number, "0.2", 0.2), (number, "0", 0.0),
        (switch, None, True), (switch, "False", False), (switch, "on", True), (switch, "0", False),
        (texts, None, ["here"]), (texts, "a, b,,c ", ["a", "b", "c"]), (texts, "", []),
        (choice, "worker", "worker"),
        (address, "https://billing.example.com/", "https://billing.example.com"),
        (address, "http://[::1]:8000", "http://[::1]:8000"),
        (address_or_none, "", ""),
        (database, "postgres://%2Fvar%2Frun/flexsync", "flexsync"),
        (redis, "rediss://:secret@cache:6380/1", "rediss://:secret@cache:6380/1"),
    ],
)  # fmt: skip
def test_what_is_right(read: Read, given: str | None, meant: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    if given is not None:
        monkeypatch.setenv("GIVEN", given)
    env = Variables()
    assert read(env) == meant
    env.end_if_wrong()


@pytest.mark.parametrize(
    ("read", "given", "said"),
    [
        (whole, "abc", "is 'abc': write a whole number, 1 to 100000"), (whole, "0", "write a whole number"),
        (whole, "", "write a whole number"), (whole, "1.5", "write a whole number"),
        (whole, "999999999999", "write a whole number"),
        (number, "nan", "write a number, 0 to 100000"), (number, "inf", "write a number"),
        (number, "5s", "write a number"),
        (switch, "ture", "is 'ture': write true or false"), (switch, "", "write true or false"),
        (choice, "wep", "is 'wep': write one of web, worker"),
        (address, "billing.example.com", "write an address like https://"), (address, "", "write an address"),
        (address, "https://[::1", "write an address"), (address, "https://x:port", "write an address"),
        (address, "https://x y", "write an address"),
        (address_or_none, "ftp://billing.example.com", "write an address"),
        (database, "mysql://flexsync:secret@here/flexsync", "is no address of a PostgreSQL: write one like"),
        (database, "postgres://flexsync:secret@here:port/flexsync", "is no address of a PostgreSQL"),
        (redis, "secret", "is no address of a Redis: write one like"),
        (redis, "redis://:secret@here:port", "is no address of a Redis"),
    ],
)  # fmt: skip
def test_what_is_wrong(read: Read, given: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIVEN", given)
    env = Variables()
    read(env)
    with pytest.raises(SystemExit) as ended:
        env.end_if_wrong()
    line = str(ended.value)
    assert line.startswith("flexsync: GIVEN ")
    assert said in line
    assert "secret" not in line
