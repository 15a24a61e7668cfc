"""What the pages about the code name is there: each folder and file, and each function of the two walks."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs/architecture.md").read_text()
NAMED = re.findall(r"`([^`\n]+)`", PAGE + (ROOT / "docs/unit_of_work.md").read_text())
PLACES = sorted({name for name in NAMED if re.fullmatch(r"[\w./]+(/|\.py|\.md|\.ini|\.toml)", name)})
FUNCTIONS = sorted({name for name in NAMED if re.fullmatch(r"[\w/]+\.py:[\w.]+", name)})


def names(body: list[ast.stmt], within: str = "") -> set[str]:
    """Returns the qualified names of the functions and classes that ``body`` defines."""
    found = set()
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{within}{node.name}"
            found |= {name} | names(node.body, f"{name}.")
    return found


class TestThePage:
    def test_names_functions_on_both_pipelines(self) -> None:
        inbound, outbound = (PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0] for title in ("In", "Out"))
        assert all(len(re.findall(r"^\d+\. ", walk, re.MULTILINE)) >= 8 for walk in (inbound, outbound))
        assert all(len(re.findall(r"\.py:", walk)) >= 12 for walk in (inbound, outbound))

    @pytest.mark.parametrize("place", PLACES)
    def test_names_places_that_exist(self, place: str) -> None:
        assert (ROOT / place).exists()

    @pytest.mark.parametrize("function", FUNCTIONS)
    def test_names_functions_that_exist(self, function: str) -> None:
        path, name = function.split(":")
        assert name in names(ast.parse((ROOT / path).read_text()).body)
