"""Servers for a test run, started before Django reads its settings; each worker has a Redis database."""

import os
import re
from collections.abc import Generator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from devstack.homes import home
from devstack.secrets import secrets
from devstack.stack import throw_away

GIVEN = pytest.StashKey[list[str]]()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Sets DATABASE_URL and REDIS_URL, as a wrapper: pytest-django loads the settings in this same hook."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        os.environ["REDIS_URL"] = own_database(os.environ["REDIS_URL"], worker)
    else:
        early_config.stash[GIVEN] = [name for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)]
        stack = ExitStack()
        early_config.add_cleanup(stack.close)
        os.environ.update(stack.enter_context(throw_away()))
        os.environ.update(secrets(home("test"), os.environ))
    return (yield)


def own_database(url: str, worker: str) -> str:
    """Returns the URL with the database of worker `gw0` one above the given one, `gw1` two above, ..."""
    parts = urlsplit(url)
    number = int(parts.path.strip("/") or 0) + int(re.sub(r"\D", "", worker)) + 1
    return parts._replace(path=f"/{number}").geturl()


def pytest_report_header(config: pytest.Config) -> str:
    """Returns which servers the tests run on, without their passwords."""
    lines = []
    for name in ("DATABASE_URL", "REDIS_URL"):
        parts = urlsplit(os.environ[name])
        origin = "given" if name in config.stash.get(GIVEN, []) else "embedded"
        lines.append(f"{name} {origin} ({parts.hostname}:{parts.port}{parts.path})")
    return "servers: " + ", ".join(lines)
