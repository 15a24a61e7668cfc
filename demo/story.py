"""The story of the demo: each step really happens, is printed, and is checked in FlexSync and in Stripe."""

import json
import os
import signal
import sys
from pathlib import Path

from demo.clients import Client
from demo.report import Report, StoryFailed
from demo.steps import (
    Demo,
    bad_day,
    both_sides,
    checkout,
    connection,
    customer,
    from_stripe,
    invoice,
    program,
)
from demo.waiting import wait_for

STEPS = (connection, customer, invoice, checkout, from_stripe, program, both_sides, bad_day)


def main() -> int:
    """Runs the story; returns 0 if each check passed, else 1. Waits for Ctrl-C unless DEMO_EXIT is set."""
    home = Path(os.environ["DEMO_HOME"])
    web, simulator = os.environ["DEMO_WEB_URL"], os.environ["DEMO_SIMULATOR_URL"]
    webhooks = os.environ["WEBHOOK_URL"]
    facts = json.loads((home / "story.json").read_text())
    report = Report()
    flexsync, stripe = Client(web, facts["api_key"]), Client(simulator, facts["secret_key"])
    try:
        for url in (web, webhooks):
            wait_for(f"{url}/healthz")
        wait_for(f"{simulator}/_simulator/health")
        demo = Demo(report, flexsync, stripe, facts["secret_key"])
        _run_steps(demo)
    except StoryFailed as failure:
        report.fail(failure)
        report.say(f"The processes have written their logs to {home / 'logs'}.")
        return 1
    facts["look_first"] = demo.results["look_first"]
    _show_addresses(report, facts, web, simulator, home)
    if not os.environ.get("DEMO_EXIT"):
        signal.pause()
    return 0


def _run_steps(demo: Demo) -> None:
    for step in STEPS:
        demo.report.begin(step.TITLE)
        step.run(demo)


def _show_addresses(report: Report, facts: dict[str, str], web: str, simulator: str, home: Path) -> None:
    """Prints where to look further."""
    lines = [
        f"Admin       {web}/admin/   log in as [bold]{facts['user']}[/] / [bold]{facts['password']}[/]",
        "Look first  the story of a dispute (the first page has more: a double payment, a conflict, a declined card):",
        f"            {web}/admin/integrations/note/timeline/invoice/{facts['look_first']}/",
        f"API docs    {web}/v1/docs",
        f"Simulator   {simulator}/   (its account's key: {facts['secret_key']})",
        f"API key     {facts['api_key']}   (environment {facts['environment']})",
        f"At a shell  . {_short(home / 'shell')}   (in bash: sets manage.py, FLEXSYNC and API_KEY for this demo)",
    ]
    ending = "" if os.environ.get("DEMO_EXIT") else "\n\nEverything keeps running until Ctrl-C."
    report.console.print()
    report.panel("\n".join(lines) + ending, f"{report.checks} checks passed, in FlexSync and in Stripe")


def _short(path: Path) -> Path:
    """Returns the path relative to the working folder, if it is inside it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


if __name__ == "__main__":
    sys.exit(main())
