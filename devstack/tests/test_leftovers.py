"""After a `kill -9` the servers stop, or where they cannot notice it, the next start replaces them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import redis

from devstack.process import leftover
from devstack.tests.command import Devstack, eventually
from devstack.valkey import valkey

RUN_VALKEY = """
import pathlib, sys, time
from devstack.valkey import valkey
with valkey(pathlib.Path(sys.argv[1])) as url:
    print(url, flush=True)
    time.sleep(60)
"""


class TestAKilledOwner:
    def test_takes_its_servers_along(self, devstack: Devstack) -> None:
        killed(devstack)
        assert eventually(lambda: devstack.running() == [])

    def test_lets_the_next_start_begin_at_once(self, devstack: Devstack) -> None:
        killed(devstack)
        assert devstack.run("true").returncode == 0

    def test_leaves_no_half_made_database_and_no_shared_memory(self, devstack: Devstack) -> None:
        before = shared_memory()
        with devstack.begin("true") as process:
            while not [*devstack.folder.glob("demo/postgres/data.new/*")]:
                assert process.poll() is None
            process.kill()
        assert devstack.run("true").returncode == 0
        assert eventually(lambda: devstack.running() == [])
        # Other runs on this machine come and go, so look more than once.
        assert eventually(lambda: shared_memory() <= before)

    def test_that_cannot_signal_its_server_has_it_replaced(self, tmp_path: Path) -> None:
        # An empty PATH hides setpriv, with which the server would be signalled when its parent dies.
        words = [sys.executable, "-c", RUN_VALKEY, str(tmp_path)]
        with subprocess.Popen(
            words, env=os.environ | {"PATH": ""}, stdout=subprocess.PIPE, text=True
        ) as owner:
            assert owner.stdout
            url = owner.stdout.readline().strip()
            owner.kill()
        left = leftover(tmp_path / "pid", tmp_path)
        assert left and redis.Redis.from_url(url).ping()
        with valkey(tmp_path):
            assert eventually(lambda: not Path(f"/proc/{left}").exists())


class TestAReusedProcessId:
    def test_is_left_alone(self, tmp_path: Path) -> None:
        with subprocess.Popen(["sleep", "60"], cwd="/") as other:
            (tmp_path / "pid").write_text(f"{other.pid}\n")
            with valkey(tmp_path):
                assert other.poll() is None
            other.kill()


def shared_memory() -> set[Path]:
    """Returns the files of the system's shared memory."""
    return set(Path("/dev/shm").iterdir())


def killed(devstack: Devstack) -> None:
    """Starts a devstack, waits until its command runs, and kills it."""
    with devstack.begin("sh", "-c", "echo ready; exec sleep 0.5") as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        assert len(devstack.running()) >= 2
        os.kill(process.pid, signal.SIGKILL)
