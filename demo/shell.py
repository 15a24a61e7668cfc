"""The file that makes a shell speak to the running demo: `. .flexsync/demo/shell`."""

import json
import os
import shlex
import sys
from pathlib import Path

from demo.settings import Place
from devstack.homes import REPOSITORY


def write(place: Place) -> Path:
    """Writes it, for its owner's eyes: the settings of the demo's processes, its API key, and `manage.py` as a command."""
    facts = json.loads((place.home / "story.json").read_text())
    named = place.variables | {"FLEXSYNC": place.web_url, "API_KEY": facts["api_key"]}
    lines = [f"export {name}={shlex.quote(value)}" for name, value in sorted(named.items())]
    run = shlex.join([sys.executable, str(REPOSITORY / "manage.py")])
    lines.append(f'manage.py() {{ {run} "$@"; }}')
    path = place.home / "shell"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write("\n".join(lines) + "\n")
    return path
