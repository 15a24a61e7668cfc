"""The story that the demo tells: each step really happens, is shown, and is checked on both sides."""

import json
import os
import signal
import sys
from pathlib import Path

from demo.clients import Client, wait_for
from demo.stage import Stage, StoryFailed
from demo.steps import Cast, checkout, connection, customer, from_stripe, invoice

STEPS = (connection, customer, invoice, checkout, from_stripe)


def main() -> int:
    """Tells the story; 0 when each check held, 1 otherwise. Without DEMO_EXIT it then waits for Ctrl-C."""
    home = Path(os.environ["DEMO_HOME"])
    web, simulator = os.environ["DEMO_WEB_URL"], os.environ["DEMO_SIMULATOR_URL"]
    facts = json.loads((home / "story.json").read_text())
    stage = Stage()
    try:
        wait_for(f"{web}/healthz")
        wait_for(f"{simulator}/_simulator/health")
        secret_key = facts["secret_key"]
        cast = Cast(stage, Client(web, facts["api_key"]), Client(simulator, secret_key), secret_key)
        for step in STEPS:
            stage.begin(step.TITLE)
            step.play(cast)
    except StoryFailed as failure:
        stage.fail(failure)
        stage.say(f"The logs of each process are in {home / 'logs'}.")
        return 1
    _goodbye(stage, facts, web, simulator, home)
    if not os.environ.get("DEMO_EXIT"):
        signal.pause()
    return 0


def _goodbye(stage: Stage, facts: dict[str, str], web: str, simulator: str, home: Path) -> None:
    """Where to look further."""
    lines = [
        f"Admin       {web}/admin/   log in as [bold]{facts['user']}[/] / [bold]{facts['password']}[/]",
        f"API docs    {web}/v1/docs",
        f"Simulator   {simulator}/",
        f"API key     {facts['api_key']}   (environment {facts['environment']})",
        f"At a shell  . {_short(home / 'shell')}   (bash: then manage.py, FLEXSYNC and API_KEY are those of this demo)",
    ]
    ending = "" if os.environ.get("DEMO_EXIT") else "\n\nEverything keeps running until Ctrl-C."
    stage.console.print()
    stage.panel("\n".join(lines) + ending, f"{stage.checks} checks passed, on both sides")


def _short(path: Path) -> Path:
    """From here, where that is shorter."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


if __name__ == "__main__":
    sys.exit(main())
