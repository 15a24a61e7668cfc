"""During a deployment the code of before runs on tables that are migrated already: it must not notice.

The code of before is that of the commit before the newest migration.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from demo.tests.running import REPOSITORY, TIMEOUT, demo, environment

MIGRATIONS = "*/migrations/*.py"


def git(*arguments: str) -> bytes:
    """What git prints."""
    return subprocess.run(["git", *arguments], cwd=REPOSITORY, capture_output=True, check=True).stdout


@pytest.fixture
def previous(tmp_path: Path) -> Path:
    """A folder with the code of before."""
    newest = git("log", "-1", "--diff-filter=A", "--format=%H", "--", MIGRATIONS).decode().strip()
    code = tmp_path / "code"
    code.mkdir()
    subprocess.run(["tar", "--extract", "--directory", code], input=git("archive", f"{newest}^"), check=True)
    return code


@pytest.mark.needs("history")
def test_the_version_of_before_works_on_the_new_tables(previous: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    migrated = [sys.executable, "-m", "devstack", "--", sys.executable, "manage.py", "migrate"]
    variables = environment(home, {})
    shown = subprocess.run(
        migrated, cwd=REPOSITORY, env=variables, capture_output=True, text=True, check=True
    ).stdout
    names = {line.split()[1].rstrip(".") for line in shown.splitlines() if line.startswith("  Applying")}
    old = {f"{path.parts[-3]}.{path.stem}" for path in previous.glob(MIGRATIONS)}
    assert names - old, "the tables are newer than the code"
    with demo(home, previous, DEMO_EXIT="1") as process:
        printed, _ = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 0, printed
    assert "checks passed, in FlexSync and in Stripe" in printed
