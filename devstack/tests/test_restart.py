"""`python -m devstack.restart COMMAND`: what is started again, and what is not."""

import signal
import subprocess
import sys
from pathlib import Path

from devstack.tests.command import eventually

# It notes that it has started; told to stop, it notes that, too.
NOTE = "trap 'echo stopped >> {notes}; exit 0' TERM; echo started >> {notes}; {then}"
SHORT = "import sys; from devstack.restart import main; sys.exit(main(sys.argv[1:], first_seconds=0, pause_seconds=0))"


def begin(notes: Path, then: str, *how: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, *how, "sh", "-c", NOTE.format(notes=notes, then=then)])


def test_what_ends_at_once_is_not_started_again(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    assert begin(notes, "exit 3", "-m", "devstack.restart").wait(15) == 3
    assert notes.read_text() == "started\n"


def test_what_is_killed_is_started_again_until_told_to_stop(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    dies_twice = f"[ $(wc -l < {notes}) -gt 2 ] || kill -9 $$; while true; do sleep 0.05; done"
    with begin(notes, dies_twice, "-c", SHORT) as running:
        assert eventually(lambda: notes.exists() and notes.read_text() == "started\n" * 3)
        running.send_signal(signal.SIGTERM)
        assert running.wait(15) == 0
    assert notes.read_text() == "started\n" * 3 + "stopped\n"


def test_what_it_runs_ends_with_it(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    with begin(notes, "while true; do sleep 0.05; done", "-m", "devstack.restart") as running:
        assert eventually(notes.exists)
        running.kill()
        assert eventually(lambda: "stopped" in notes.read_text())
