"""The programs of docs/receiving_webhooks.md, as they run: each in a process, with a database of its own."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx

from devstack.process import free_port
from tests.npm import MODULES, NODE
from tests.served import wait_for

PAGE = (Path(__file__).parents[3] / "docs/receiving_webhooks.md").read_text()
COMMANDS = {"python": (sys.executable, "receiver.py"), "javascript": (NODE, "receiver.js")}


class Program:
    """``language``: which of the two. It writes its database in ``folder``."""

    def __init__(self, language: str, folder: Path) -> None:
        self.port, self.folder = free_port(), folder / language
        self.folder.mkdir()
        self.command = COMMANDS[language]
        found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
        assert found
        (self.folder / self.command[1]).write_text(found[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks"

    @contextmanager
    def running(self, secret: str) -> Iterator[httpx.Client]:
        """With this secret, until the end of the block; yields a client of it."""
        own = {"WEBHOOK_SECRET": secret, "PORT": str(self.port), "NODE_PATH": str(MODULES)}
        process = subprocess.Popen(
            self.command, cwd=self.folder, env=os.environ | own, stderr=subprocess.DEVNULL
        )
        try:
            with httpx.Client(base_url=self.url, trust_env=False) as client:
                wait_for(client, process)
                yield client
        finally:
            process.terminate()
            process.wait(10)

    def rows(self, statement: str) -> list[Any]:
        """What its database holds."""
        with closing(sqlite3.connect(self.folder / "events.sqlite")) as database:
            return database.execute(statement).fetchall()

    def objects(self) -> dict[str, tuple[int, Any]]:
        """By id, the last sequence and data of each object."""
        return {
            row: (sequence, json.loads(data))
            for row, sequence, data in self.rows("SELECT id, sequence, data FROM objects")
        }
