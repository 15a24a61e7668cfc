"""The code of docs/adding_a_provider.md passes the linter, as a provider's own folder must."""

import subprocess
import sys
from pathlib import Path

from integrations.tests.test_adding_a_provider import PROVIDER_CODE

SETTINGS = Path(__file__).parents[2] / "pyproject.toml"


def test_the_code_on_the_page_passes_the_linter(tmp_path):
    code = tmp_path / "provider.py"
    code.write_text("\n".join(PROVIDER_CODE))
    ruff = [str(Path(sys.executable).with_name("ruff")), "check", "--config", str(SETTINGS)]
    result = subprocess.run([*ruff, str(code)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
