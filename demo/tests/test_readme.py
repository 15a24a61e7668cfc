"""The README's commands run as they stand, against a running demo."""

import json
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from demo.tests.running import REPOSITORY, demo, read_until

README = (REPOSITORY / "README.md").read_text()
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def section(title: str) -> str:
    """The README's text below the heading ``title``, up to the next one."""
    return README.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def runnable(blocks: list[str], web: str, api_key: str) -> str:
    """The blocks as one script, with the address and the key that this demo printed in place of the README's."""
    script = "\n".join(blocks)
    assert script.count("export FLEXSYNC=http://127.0.0.1:8000") == script.count("export API_KEY=...") == 1
    script = script.replace("http://127.0.0.1:8000", web).replace(
        "export API_KEY=...", f"export API_KEY={api_key}"
    )
    return f"set -euo pipefail\n{script}"


def beside(shell: Path, commands: str, known: dict[str, str]) -> str:
    """The commands as one script that runs on the demo of the file ``shell``, with what is ``known`` in place of dots."""
    for name, value in known.items():
        assert name in commands
        commands = commands.replace(name, value)
    # No bulk sync is under way: nothing is behind.
    commands = re.sub(r"^manage\.py sync_run .*\n", "", commands, flags=re.MULTILINE)
    asking = "manage.py shell -v 0 -c"
    return f"""set -euo pipefail; . {shell}
ENVIRONMENT=$({asking} 'from billing.models import Environment as E; print(E.objects.latest("created_at").name)')
{commands}"""


def answers(printed: str) -> list[dict[str, object]]:
    """The JSON objects that were printed one after the other."""
    decoder, found, rest = json.JSONDecoder(), [], printed.strip()
    while rest:
        answer, end = decoder.raw_decode(rest)
        found.append(answer)
        rest = rest[end:].strip()
    return found


class TestReadme:
    @pytest.mark.needs("curl")
    def test_examples_run_while_the_demo_runs(self, tmp_path: Path) -> None:
        with demo(tmp_path) as process:
            printed = read_until(process, "keeps running until Ctrl-C")
            web = re.search(r"(http://127\.0\.0\.1:\d+)/admin/", printed)
            key = re.search(r"API key\s+(\S+)", printed)
            assert web and key
            script = runnable(BLOCK.findall(section("The API by example")), web[1], key[1])
            ran = subprocess.run(
                ["bash", "-c", script], capture_output=True, text=True, timeout=120, check=False
            )
            invoice, customer = (
                re.findall(rf'"({kind}_[0-9A-Z]{{26}})"', ran.stdout)[0] for kind in ("inv", "cust")
            )
            commands = "\n".join(BLOCK.findall(section("At a shell")))
            known = {"inv_...": invoice, "cust_...": customer, "production": '"$ENVIRONMENT"'}
            at_a_shell = subprocess.run(
                ["bash", "-c", beside(tmp_path / "demo" / "shell", commands, known)],
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            os.killpg(process.pid, signal.SIGINT)
            process.wait(timeout=30)
        assert at_a_shell.returncode == 0, at_a_shell.stdout + at_a_shell.stderr
        assert ran.returncode == 0, ran.stdout + ran.stderr
        said = answers(ran.stdout)
        pushed = next(answer for answer in said if answer.get("state") == "done")
        assert pushed["entity_id"]
        assert any(str(answer.get("checkout_url", "")).startswith("http") for answer in said)
        assert len(said) == BLOCK_ANSWERS

    def test_every_variable_of_the_configuration_is_read_by_the_settings(self) -> None:
        explained = set(re.findall(r"^([A-Z_]+)=", (REPOSITORY / ".env.example").read_text(), re.MULTILINE))
        settings = (REPOSITORY / "flexsync" / "settings.py").read_text()
        read = set(re.findall(r"env(?:\.\w+)?\(\s*\"([A-Z_]+)\"", settings))
        assert explained == read

    def test_every_management_command_named_exists(self) -> None:
        from django.core.management import get_commands

        named = set(re.findall(r"manage\.py (\w+)", README))
        assert named <= set(get_commands())

    def test_every_linked_file_exists(self) -> None:
        links = re.findall(r"\]\(([^)#]+)\)", README)
        assert links
        assert [link for link in links if "://" not in link and not (REPOSITORY / link).exists()] == []


# finalize, dry run, push, checkout, and four that read
BLOCK_ANSWERS = 8
