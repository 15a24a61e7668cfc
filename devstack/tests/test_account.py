"""Root's PostgreSQL runs as another account, reaches its files, and changes nothing on the system."""

import os
import pwd
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from devstack.account import launcher, user_for

NOBODY = pwd.getpwnam("nobody").pw_uid


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a server as another account")
class TestRoot:
    def test_runs_servers_as_nobody(self, tmp_path: Path) -> None:
        assert user_for(tmp_path) == NOBODY

    def test_runs_servers_in_a_users_folder_as_that_user(self, tmp_path: Path) -> None:
        os.chown(tmp_path, 12345, 12345)
        assert user_for(tmp_path) == 12345

    def test_lets_a_server_through_closed_folders_that_stay_closed(self, tmp_path: Path) -> None:
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        program = closed / "program"
        program.write_text("#!/bin/sh\nid -u\n")
        program.chmod(0o700)
        prefix = launcher(NOBODY, needs=[program])
        subprocess.run([*prefix, "test", "-x", program], check=True)
        result = subprocess.run([*prefix, program], capture_output=True, text=True, check=True)
        assert result.stdout == f"{NOBODY}\n"
        assert closed.stat().st_mode & 0o777 == 0o700

    def test_gives_a_server_no_more_than_it_needs(self) -> None:
        prefix = launcher(NOBODY, needs=[Path("/usr/bin/env")])
        status = subprocess.run(
            [*prefix, "cat", "/proc/self/status"], capture_output=True, text=True, check=True
        )
        assert "CapEff:\t0000000000000000\n" in status.stdout


class TestAnOrdinaryUser:
    @pytest.fixture(autouse=True)
    def _ordinary(self) -> Iterator[None]:
        """Runs the test as the account `nobody` if it is run by root."""
        before = os.geteuid()
        os.seteuid(before or NOBODY)
        yield
        os.seteuid(before)

    def test_runs_servers_itself(self) -> None:
        assert user_for(Path("/")) == os.geteuid() != 0
        assert launcher(os.geteuid(), needs=[]) == []
