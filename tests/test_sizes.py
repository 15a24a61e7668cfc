"""Files and functions of the product, which is all but its tests, stay small enough to be read in one go."""

import ast
import os
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Folders without source; those whose names start with a dot (caches, .venv, .flexsync) are left out too.
LEFT_OUT = {"__pycache__", "migrations", "staticfiles", "node_modules"}


def python_files() -> Iterator[Path]:
    """Yields every Python file of the project, found without asking git: an unpacked archive has none."""
    for folder, inner, names in os.walk(ROOT):
        inner[:] = [name for name in inner if name not in LEFT_OUT and not name.startswith(".")]
        yield from (Path(folder, name).relative_to(ROOT) for name in names if name.endswith(".py"))


def is_test(path: Path) -> bool:
    return "tests" in path.parts or path.name == "conftest.py"


@pytest.fixture(scope="module")
def files() -> dict[Path, str]:
    """Returns the content of each Python file, by its path."""
    return {path: (ROOT / path).read_text() for path in python_files()}


@pytest.fixture(scope="module")
def product(files: dict[Path, str]) -> dict[Path, str]:
    return {path: source for path, source in files.items() if not is_test(path)}


@pytest.fixture(scope="module")
def lengths(product: dict[Path, str]) -> list[int]:
    """Returns the number of lines of each function of the product."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = (node for source in product.values() for node in ast.walk(ast.parse(source)))
    return [(node.end_lineno or 0) - node.lineno + 1 for node in nodes if isinstance(node, functions)]


class TestFiles:
    def test_are_all_found(self, files: dict[Path, str]) -> None:
        assert {Path("manage.py"), Path("tests/test_sizes.py"), Path("billing/__init__.py")} <= set(files)

    def test_have_at_most_60_lines_in_the_median(self, product: dict[Path, str]) -> None:
        assert median(len(source.splitlines()) for source in product.values()) <= 60

    def test_have_at_most_300_lines(self, files: dict[Path, str]) -> None:
        assert {path for path, source in files.items() if len(source.splitlines()) > 300} == set()

    def test_begin_with_a_sentence(self, files: dict[Path, str]) -> None:
        modules = {path: source for path, source in files.items() if source.strip()}
        assert {path for path, source in modules.items() if not ast.get_docstring(ast.parse(source))} == set()

    def test_are_named_after_things(self, files: dict[Path, str]) -> None:
        layers = {"utils.py", "helpers.py", "common.py", "misc.py"}
        assert {path for path in files if path.name in layers} == set()


class TestFunctions:
    def test_have_at_most_7_lines_in_the_median(self, lengths: list[int]) -> None:
        assert median(lengths) <= 7

    def test_have_at_most_17_lines_in_nine_cases_of_ten(self, lengths: list[int]) -> None:
        assert sum(length <= 17 for length in lengths) >= 0.9 * len(lengths)
