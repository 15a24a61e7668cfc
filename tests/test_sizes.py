"""Files and functions stay small enough to be read in one go."""

import ast
import subprocess
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent


def files() -> dict[str, str]:
    """Answer the content of each Python file that is or would be under version control, by its path."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [path for path in listed.stdout.split() if "/migrations/" not in path and (ROOT / path).exists()]
    return {path: (ROOT / path).read_text() for path in paths}


def lengths(source: str) -> list[int]:
    """Answer the number of lines of each function."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, functions)]
    return [(node.end_lineno or node.lineno) - node.lineno + 1 for node in nodes]


class TestFiles:
    def test_have_at_most_60_lines_in_the_median(self) -> None:
        assert median(len(source.splitlines()) for source in files().values()) <= 60

    def test_have_at_most_300_lines(self) -> None:
        assert {path for path, source in files().items() if len(source.splitlines()) > 300} == set()

    def test_begin_with_a_sentence(self) -> None:
        modules = {path: source for path, source in files().items() if source.strip()}
        assert {path for path, source in modules.items() if not ast.get_docstring(ast.parse(source))} == set()

    def test_are_named_after_things(self) -> None:
        layers = {"utils.py", "helpers.py", "common.py", "misc.py"}
        assert {path for path in files() if Path(path).name in layers} == set()


class TestFunctions:
    def test_have_fewer_than_25_lines_in_nine_cases_of_ten(self) -> None:
        all_lengths = [length for source in files().values() for length in lengths(source)]
        assert sum(length < 25 for length in all_lengths) >= 0.9 * len(all_lengths)
