"""Both servers together, each unless the environment names another."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

from devstack.homes import Busy, home, locked
from devstack.postgres import postgres
from devstack.valkey import valkey

Urls = dict[str, str]


@contextmanager
def servers(folder: Path, *, durable: bool = True, given: Mapping[str, str] | None = None) -> Iterator[Urls]:
    """Yields DATABASE_URL and REDIS_URL: those of `given` (the environment), or of servers started here.

    The servers stop with the block, with the thread that started them and with the process, however it ends.
    Raises Busy if another process runs its servers in `folder`, StartFailed if one does not start.
    """
    given = os.environ if given is None else given
    urls = {name: given[name] for name in ("DATABASE_URL", "REDIS_URL") if given.get(name)}
    if len(urls) == 2:
        yield urls
        return
    with ExitStack() as stack:
        stack.enter_context(locked(folder))
        if "DATABASE_URL" not in urls:
            urls["DATABASE_URL"] = stack.enter_context(postgres(folder / "postgres", durable=durable))
        if "REDIS_URL" not in urls:
            urls["REDIS_URL"] = stack.enter_context(valkey(folder / "valkey"))
        note = folder / "urls.json"
        note.touch(mode=0o600)
        note.write_text(json.dumps(urls))
        stack.callback(note.unlink, missing_ok=True)
        yield urls


@contextmanager
def throw_away() -> Iterator[Urls]:
    """Yields fast, unsafe servers for tests, in a folder of this run's own, so that runs do not interfere."""
    with ExitStack() as stack:
        for number in count(1):
            try:
                yield stack.enter_context(servers(home(f"test-{number}"), durable=False))
            except Busy:
                continue
            return


def running(folder: Path) -> Urls | None:
    """Returns the URLs of the servers that another process runs in `folder`; None if there are none."""
    try:
        return dict(json.loads((folder / "urls.json").read_text()))
    except (FileNotFoundError, ValueError):
        return None
