"""`python -m demo`: servers, migrations, simulator, web, worker, beat; then the story, until Ctrl-C.

DEMO_EXIT=1 ends after the story with 0, or 1 when one of its checks failed.
"""

import os
import signal
import subprocess
import sys

from demo import shell
from demo.processes import run
from demo.settings import place
from devstack.homes import Busy, home
from devstack.process import StartFailed
from devstack.secrets import secrets
from devstack.stack import servers

CTRL_C = 128 + signal.SIGINT


def main() -> int:
    """Runs the demo; the exit code is the story's, 0 after Ctrl-C."""
    folder = home("demo")
    signal.signal(signal.SIGTERM, _leave)
    try:
        with servers(folder) as urls:
            here = place(folder, urls | secrets(folder, os.environ))
            environment = os.environ | here.variables
            subprocess.run([sys.executable, "-m", "demo.prepare"], env=environment, check=True)
            shell.write(here)
            code = run(here, environment)
    except Busy as busy:
        sys.stderr.write(f"The demo is already running ({busy}). Stop it with Ctrl-C where it was started.\n")
        return 1
    except StartFailed as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    except KeyboardInterrupt:
        return 0
    except subprocess.CalledProcessError as failure:
        return failure.returncode
    return 0 if code == CTRL_C else code


def _leave(number: int, _frame: object) -> None:
    """Turns SIGTERM during start-up into an orderly end."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
