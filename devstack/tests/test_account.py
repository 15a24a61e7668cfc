"""Root's PostgreSQL: another account, past closed folders, and nothing on the system changed for it."""

import os
import pwd
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from devstack.account import launcher, user_for

NOBODY = pwd.getpwnam("nobody").pw_uid


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a server as somebody else")
class TestRoot:
    def test_runs_servers_as_nobody(self, tmp_path: Path) -> None:
        assert user_for(tmp_path) == NOBODY

    def test_runs_servers_in_a_users_folder_as_that_user(self, tmp_path: Path) -> None:
        os.chown(tmp_path, 12345, 12345)
        assert user_for(tmp_path) == 12345

    def test_gets_a_server_past_closed_folders_that_stay_closed(self, tmp_path: Path) -> None:
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        program = closed / "program"
        program.write_text("#!/bin/sh\nid -u\n")
        program.chmod(0o700)
        words = launcher(NOBODY, needs=[program])
        subprocess.run([*words, "test", "-x", program], check=True)
        result = subprocess.run([*words, program], capture_output=True, text=True, check=True)
        assert result.stdout == f"{NOBODY}\n"
        assert closed.stat().st_mode & 0o777 == 0o700

    def test_gives_a_server_no_more_than_it_needs(self) -> None:
        words = launcher(NOBODY, needs=[Path("/usr/bin/env")])
        status = subprocess.run(
            [*words, "cat", "/proc/self/status"], capture_output=True, text=True, check=True
        )
        assert "CapEff:\t0000000000000000\n" in status.stdout


class TestAnOrdinaryUser:
    @pytest.fixture(autouse=True)
    def _ordinary(self) -> Iterator[None]:
        """Root becomes nobody for the test; anybody else is ordinary already."""
        before = os.geteuid()
        os.seteuid(before or NOBODY)
        yield
        os.seteuid(before)

    def test_runs_servers_itself(self) -> None:
        assert user_for(Path("/")) == os.geteuid() != 0
        assert launcher(os.geteuid(), needs=[]) == []
