"""The demo's promises: it checks what it shows, says so by its exit code, and leaves nothing behind."""

import os
import signal
import socket
from pathlib import Path

import psutil

from demo.tests.running import PATIENCE, demo, family, read_until


class TestDemo:
    def test_exits_0_when_every_check_held(self, tmp_path: Path) -> None:
        with demo(tmp_path, DEMO_EXIT="1") as process:
            printed, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, printed
        assert "checks passed, on both sides" in printed

    def test_exits_1_when_a_process_cannot_start(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as occupied:
            port = str(occupied.getsockname()[1])
            with demo(tmp_path, DEMO_EXIT="1", DEMO_SIMULATOR_PORT=port) as process:
                printed, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode != 0, printed
        assert "checks passed" not in printed

    def test_ctrl_c_stops_every_process(self, tmp_path: Path) -> None:
        with demo(tmp_path) as process:
            read_until(process, "keeps running until Ctrl-C")
            started = family(process)
            os.killpg(process.pid, signal.SIGINT)
            assert process.wait(timeout=30) == 0
        _, alive = psutil.wait_procs(started, timeout=5)
        assert alive == []
        assert len(started) >= 8
