"""While the demo runs, the README's examples run unchanged; Ctrl-C leaves no process behind."""

import json
import os
import re
import signal
import subprocess
from pathlib import Path

import psutil
import pytest

from demo.tests.running import family
from demo.tests.test_readme import section

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Finalize, dry run, push, checkout, and four that read.
RESPONSES = 8


def runnable(blocks: list[str], web: str, api_key: str) -> str:
    """Returns the blocks as one script, with this demo's address and key in place of the README's."""
    script = "\n".join(blocks)
    assert script.count("export FLEXSYNC=http://127.0.0.1:8000") == script.count("export API_KEY=...") == 1
    script = script.replace("http://127.0.0.1:8000", web).replace(
        "export API_KEY=...", f"export API_KEY={api_key}"
    )
    return f"set -euo pipefail\n{script}"


def at_a_shell(shell: Path, commands: str, known: dict[str, str]) -> str:
    """Returns the commands as one script for this demo, with the ``known`` ids in place of dots."""
    for name, value in known.items():
        assert name in commands
        commands = commands.replace(name, value)
    # No bulk sync is under way: nothing is behind.
    commands = re.sub(r"^manage\.py sync_run .*\n", "", commands, flags=re.MULTILINE)
    run_python = "manage.py shell -v 0 -c"
    return f"""set -euo pipefail; . {shell}
ENVIRONMENT=$({run_python} 'from billing.models import Environment as E; print(E.objects.latest("created_at").name)')
{commands}"""


def responses(printed: str) -> list[dict[str, object]]:
    """Returns the JSON objects that were printed one after another."""
    decoder, found, rest = json.JSONDecoder(), [], printed.strip()
    while rest:
        response, end = decoder.raw_decode(rest)
        found.append(response)
        rest = rest[end:].strip()
    return found


class TestARunningDemo:
    @pytest.mark.needs("curl")
    def test_runs_the_examples_of_the_readme(
        self, running: tuple[subprocess.Popen[str], str], home: Path
    ) -> None:
        _, printed = running
        web = re.search(r"(http://127\.0\.0\.1:\d+)/admin/", printed)
        key = re.search(r"API key\s+(\S+)", printed)
        assert web and key
        script = runnable(BLOCK.findall(section("The API by example")), web[1], key[1])
        ran = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=300, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        found = responses(ran.stdout)
        pushed = next(response for response in found if response.get("state") == "done")
        assert pushed["entity_id"]
        assert any(str(response.get("checkout_url", "")).startswith("http") for response in found)
        assert len(found) == RESPONSES
        invoice, customer, connection = (
            re.findall(rf'"({kind}_[0-9A-Z]{{26}})"', ran.stdout)[0] for kind in ("inv", "cust", "conn")
        )
        commands = "\n".join(BLOCK.findall(section("At a shell")))
        ids = {"inv_...": invoice, "cust_...": customer, "conn_...": connection}
        known = {**ids, "production": '"$ENVIRONMENT"'}
        script = at_a_shell(home / "demo" / "shell", commands, known)
        ran = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=300, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr

    def test_stops_every_process_at_ctrl_c(self, running: tuple[subprocess.Popen[str], str]) -> None:
        process, _ = running
        started = family(process)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=30) == 0
        _, alive = psutil.wait_procs(started, timeout=5)
        assert alive == []
        assert len(started) >= 8
