"""The file that sets up a shell for the running demo: `. .flexsync/demo/shell`."""

import json
import os
import shlex
import sys
from pathlib import Path

from demo.settings import Settings
from devstack.homes import REPOSITORY


def write(settings: Settings) -> Path:
    """Writes the file, readable by its owner only: the demo's settings, its API key, and `manage.py`."""
    facts = json.loads((settings.home / "story.json").read_text())
    variables = settings.variables | {"FLEXSYNC": settings.web_url, "API_KEY": facts["api_key"]}
    lines = [f"export {name}={shlex.quote(value)}" for name, value in sorted(variables.items())]
    command = shlex.join([sys.executable, str(REPOSITORY / "manage.py")])
    lines.append(f'manage.py() {{ {command} "$@"; }}')
    path = settings.home / "shell"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write("\n".join(lines) + "\n")
    return path
