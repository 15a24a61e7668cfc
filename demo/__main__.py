"""`python -m demo`: starts servers, simulator and all processes, tells the story, and runs until Ctrl-C.

With DEMO_EXIT=1 it stops after the story: exit code 0 if every check passed, 1 if one failed. FLEXSYNC_HOME
is the folder of its data (.flexsync unless set); DEMO_WEB_PORT, DEMO_WEBHOOKS_PORT and DEMO_SIMULATOR_PORT
choose its ports.
"""

import os
import signal
import subprocess
import sys
from argparse import ArgumentParser, RawTextHelpFormatter

from demo import shell
from demo.processes import run
from demo.settings import choose_settings
from devstack.homes import Busy, home
from devstack.process import StartFailed
from devstack.secrets import secrets
from devstack.stack import servers

CTRL_C = 128 + signal.SIGINT
ALREADY_RUNNING = (
    "The demo is already running: its data in {folder} is in use. Stop it with Ctrl-C in its terminal, or set"
    " FLEXSYNC_HOME to another folder to run a second one."
)


def main() -> int:
    """Runs the demo; returns the story's exit code, or 0 after Ctrl-C."""
    ArgumentParser("python -m demo", description=__doc__, formatter_class=RawTextHelpFormatter).parse_args()
    folder = home("demo")
    signal.signal(signal.SIGTERM, _leave)
    try:
        with servers(folder) as urls:
            settings = choose_settings(folder, urls | secrets(folder, os.environ))
            environment = os.environ | settings.variables
            subprocess.run([sys.executable, "-m", "demo.prepare"], env=environment, check=True)
            shell.write(settings)
            code = run(settings, environment)
    except Busy:
        sys.stderr.write(f"{ALREADY_RUNNING.format(folder=folder)}\n")
        return 1
    except StartFailed as failure:
        sys.stderr.write(f"The demo could not start. {failure}\n")
        return 1
    except KeyboardInterrupt:
        return 0
    except subprocess.CalledProcessError as failure:
        return failure.returncode
    return 0 if code == CTRL_C else code


def _leave(number: int, _frame: object) -> None:
    """Turns SIGTERM during the start into an orderly stop."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
