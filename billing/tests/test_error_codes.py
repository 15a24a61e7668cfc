"""Every code that the API can send is documented, and every documented code can be sent."""

import ast
import re
from pathlib import Path

import django.urls
from django.conf import settings

from billing.api.errors import codes
from billing.errors import Code

ROW = re.compile(r"^\| `([a-z_]+)` \| (\d{3}|any) \| (.+) \| (.+) \|$", re.MULTILINE)
SOURCES = [
    path
    for app in ("billing", "integrations")
    for path in Path(settings.BASE_DIR, app).rglob("*.py")
    if "tests" not in path.relative_to(settings.BASE_DIR).parts
]


def raised_codes() -> set[str]:
    """What our code passes to an error as its code, in so many words; a Refusal becomes an error."""
    found = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _is_error(ast.unparse(node.func)):
                said = [one.value for one in node.keywords if one.arg == "code"]
                found |= {one.value for one in said if isinstance(one, ast.Constant)}
                found |= {Code[one.attr].value for one in [*said, *node.args] if _is_code(one)}
    return found


def _is_error(name: str) -> bool:
    return "Conflict" in name or name == "Refusal"


def _is_code(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Code"


class TestTheCodes:
    def test_are_documented_one_by_one_with_cause_and_fix(self) -> None:
        django.urls.get_resolver().url_patterns  # noqa: B018 - imports every view, which registers its codes
        rows = ROW.findall(Path(settings.BASE_DIR, "docs", "errors.md").read_text())
        assert sorted(row[0] for row in rows) == sorted(codes | raised_codes())

    def test_are_all_used(self) -> None:
        of_classes = {Code.NOT_FOUND, Code.INVALID, Code.CONFLICT, Code.OUTDATED}
        unused = set(Code) - raised_codes() - of_classes
        assert unused == set()
