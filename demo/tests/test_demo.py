"""The demo checks what it shows, and its exit code tells the result."""

import socket
from pathlib import Path

from demo.tests.running import TIMEOUT, demo


class TestDemo:
    def test_exits_0_when_every_check_passed(self, home: Path) -> None:
        with demo(home, DEMO_EXIT="1") as process:
            printed, _ = process.communicate(timeout=TIMEOUT)
        assert process.returncode == 0, printed
        assert "checks passed, in FlexSync and in Stripe" in printed

    def test_exits_1_when_a_process_cannot_start(self, home: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as occupied:
            port = str(occupied.getsockname()[1])
            with demo(home, DEMO_EXIT="1", DEMO_SIMULATOR_PORT=port) as process:
                printed, _ = process.communicate(timeout=TIMEOUT)
        assert process.returncode != 0, printed
        assert "checks passed" not in printed
