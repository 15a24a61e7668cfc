"""The units in deploy/systemd/ are what systemd understands, and run what all other ways to deploy run."""

import configparser
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_deployment import BUILT, README, ROOT, configured

UNITS = ROOT / "deploy" / "systemd"
SERVICES = {path.stem.removeprefix("flexsync-"): path for path in UNITS.glob("flexsync-*.service")}
PROCESSES = sorted(set(SERVICES) - {"migrate"})
BIN = "/opt/flexsync/.venv/bin/"


def unit(path: Path) -> configparser.ConfigParser:
    """A unit's sections; those of its names that occur several times have their last value."""
    parsed = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes="#")
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read_string(path.read_text())
    return parsed


def service(name: str) -> configparser.SectionProxy:
    return unit(SERVICES[name])["Service"]


class TestTheUnits:
    @pytest.mark.needs("systemd-analyze")
    def test_are_what_systemd_understands(self, tmp_path: Path) -> None:
        """With this environment's programs in place of an installation's."""
        shutil.copytree(UNITS, tmp_path, dirs_exist_ok=True)
        for path in tmp_path.rglob("flexsync*.*"):
            if path.is_file():
                path.write_text(path.read_text().replace(BIN, f"{Path(sys.executable).parent}/"))
        names = sorted(path.name for path in tmp_path.glob("flexsync*.*") if path.is_file())
        found = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", *(f"./{name}" for name in names)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        said = [line for line in found.stderr.splitlines() if "flexsync" in line]
        assert (found.returncode, said) == (0, []), "it says nothing of our units"

    def test_are_one_for_each_process(self) -> None:
        assert set(SERVICES) == set(BUILT)
        wanted = unit(UNITS / "flexsync.target")["Unit"]["Wants"].split()
        assert sorted(wanted) == [f"flexsync-{name}.service" for name in PROCESSES]

    def test_run_the_commands_of_the_readme(self) -> None:
        block = README.split("## Deployment")[1].split("```")[1]
        documented = {line.split("#")[0].strip() for line in block.splitlines()[1:]} - {""}
        run = set()
        for name in SERVICES:
            command = service(name)["ExecStart"].removeprefix(BIN)
            process = service(name).get("Environment", "")
            run.add(f"{process} {command}".strip().removeprefix("python ").removesuffix(" --noinput"))
        assert run == documented

    @pytest.mark.parametrize("name", PROCESSES)
    def test_start_again_and_stop_as_the_containers_do(self, name: str) -> None:
        assert service(name)["Restart"] == "always"
        assert f"{service(name)['TimeoutStopSec']}s" == BUILT[name]["stop_grace_period"]

    @pytest.mark.parametrize("name", ["web", "webhooks"])
    def test_leave_requests_the_time_that_they_have(self, name: str) -> None:
        graceful = configured(shlex.split(BUILT[name]["command"])[-1])["graceful_timeout"]
        assert isinstance(graceful, int)
        assert int(service(name)["TimeoutStopSec"]) >= graceful + 5
