"""The demo's command line: help is shown, and nothing is started for it or for a mistake."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(("argument", "code", "told"), [("--help", 0, "FLEXSYNC_HOME"), ("-x", 2, "usage")])
def test_help_and_mistakes_start_nothing(tmp_path: Path, argument: str, code: int, told: str) -> None:
    home = tmp_path / "home"
    found = subprocess.run(
        [sys.executable, "-m", "demo", argument],
        cwd=ROOT,
        env={"FLEXSYNC_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert found.returncode == code and told in found.stdout + found.stderr
    assert not home.exists()
