"""Every code that the doctor may give is on its page, and no other."""

import re
from pathlib import Path

from integrations.reconcile import doctor

CODE = re.compile(r'(?<!has_)(?:error|warning|unknown|makes)\(\s*"\w+",\s*"(\w+)"')
ROOT = Path(doctor.__file__).parent
PAGE = ROOT.parents[2] / "docs" / "doctor.md"


def test_the_page_lists_every_code():
    given = {code for path in ROOT.glob("*.py") for code in CODE.findall(path.read_text())}
    table = PAGE.read_text().partition("## What can be told")[0]
    listed = {code for line in table.splitlines() if line.startswith("| `") for code in _first(line)}
    assert given | {"switches_conflict", "permission_missing"} == listed


def _first(line: str) -> list[str]:
    """The codes in the first column."""
    return re.findall(r"`(\w+)`", line.split("|")[1])
