"""Reads variables of the environment as what each has to be, and says of all that are wrong at once."""

import os
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import environ

EXPLAINED = ".env.example explains each variable."
# What both Celery and redis-py take.
REDIS_SCHEMES = ("redis", "rediss")
POSTGRESQL_SCHEMES = ("postgres", "postgresql", "psql", "pgsql")

# Larger numbers are mistakes, and times that far from now are none.
MOST = 100_000
Value = TypeVar("Value")


class Variables:
    """The environment's variables, and those of a .env file; what is wrong waits for ``end_if_wrong``.

    A variable that is wrong or missing reads as its default until then.
    """

    def __init__(self) -> None:
        self._wrong: list[str] = []

    def read_file(self, path: Path) -> None:
        """Takes what the environment lacks from the file."""
        environ.Env.read_env(path)

    def require(self, *names: str) -> None:
        """Raises SystemExit, naming those that are missing: nothing can be read without them."""
        if missing := [name for name in names if name not in os.environ]:
            raise SystemExit(f"flexsync: set {', '.join(missing)}: {EXPLAINED}")

    def end_if_wrong(self) -> None:
        """Raises SystemExit with a line for each variable that is wrong."""
        if self._wrong:
            raise SystemExit("\n".join(f"flexsync: {wrong} {EXPLAINED}" for wrong in self._wrong))

    def text(self, name: str, *, default: str = "") -> str:
        """Any text."""
        return self._read(name, str, default)

    def texts(self, name: str, *, default: Sequence[str] = ()) -> list[str]:
        """Comma-separated ones."""
        return self._read(name, _texts, list(default))

    def switch(self, name: str, *, default: bool) -> bool:
        """True or false, in one of the words for it."""
        return self._read(name, _switch, default)

    def whole(self, name: str, *, default: int, least: int = 0) -> int:
        """A whole number, from ``least``."""
        return self._read(name, lambda given: int(_number(given, int, least)), default)

    def number(self, name: str, *, default: float, least: float = 0.0) -> float:
        """A number, from ``least``."""
        return self._read(name, lambda given: _number(given, float, least), default)

    def choice(self, name: str, *, default: str, among: Collection[str]) -> str:
        """One of these texts."""
        return self._read(name, lambda given: _choice(given, among), default)

    def address(self, name: str, *, default: str) -> str:
        """An http or https address without the slashes at its end; "" only where that is the default."""
        return self._read(name, lambda given: _address(given, may_lack=not default), default)

    def database(self, name: str) -> dict[str, Any]:
        """Django's settings of the PostgreSQL database at an address."""
        return self._read(name, _database, {})

    def redis(self, name: str) -> str:
        """The address of a Redis."""
        return self._read(name, _redis, "")

    def _read(self, name: str, cast: Callable[[str], Value], default: Value) -> Value:
        given = os.environ.get(name)
        try:
            return default if given is None else cast(given)
        except ValueError as wrong:
            self._wrong.append(f"{name} {wrong}.")
            return default


def _texts(given: str) -> list[str]:
    return [text.strip() for text in given.split(",") if text.strip()]


def _switch(given: str) -> bool:
    words = {
        "true": True,
        "on": True,
        "yes": True,
        "1": True,
        "false": False,
        "off": False,
        "no": False,
        "0": False,
    }
    if given.strip().lower() not in words:
        raise ValueError(f"is {given!r}: write true or false")
    return words[given.strip().lower()]


def _number(given: str, kind: Callable[[str], float], least: float) -> float:
    what = "whole number" if kind is int else "number"
    advice = f"is {given!r}: write a {what}, {least:g} to {MOST}"
    try:
        number = kind(given)
    except ValueError:
        raise ValueError(advice) from None
    if not least <= number <= MOST:
        raise ValueError(advice)
    return number


def _choice(given: str, among: Collection[str]) -> str:
    if given not in among:
        raise ValueError(f"is {given!r}: write one of {', '.join(among)}")
    return given


def _address(given: str, *, may_lack: bool) -> str:
    if may_lack and not given:
        return given
    if not _is_address(given, ("http", "https")) or any(character.isspace() for character in given):
        raise ValueError(f"is {given!r}: write an address like https://billing.example.com")
    return given.rstrip("/")


def _redis(given: str) -> str:
    # Not shown: it may have a password, as that of the database.
    if not _is_address(given, REDIS_SCHEMES):
        raise ValueError("is no address of a Redis: write one like redis://localhost:6379/0")
    return given


def _database(given: str) -> dict[str, Any]:
    advice = "is no address of a PostgreSQL: write one like postgres://user:password@host:5432/name"
    if not _begins(given, POSTGRESQL_SCHEMES):
        raise ValueError(advice)
    try:
        return dict(environ.Env.db_url_config(given))
    except ValueError:
        raise ValueError(advice) from None


def _is_address(given: str, schemes: Sequence[str]) -> bool:
    try:
        parts = urlsplit(given)
        return _begins(given, schemes) and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _begins(given: str, schemes: Sequence[str]) -> bool:
    return given.startswith(tuple(f"{scheme}://" for scheme in schemes))
