"""The tools find nothing wrong with the document, and what they generate compiles under strict checks."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.contract.conftest import HERE
from tests.npm import program


def run(*commands: Sequence[str | Path], folder: Path = HERE, **environment: str) -> None:
    """Runs the commands at the same time; fails with what those print that fail."""
    options = {"cwd": folder, "env": os.environ | environment, "text": True}
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    started = [subprocess.Popen(command, **options, **piped) for command in commands]  # type: ignore[call-overload]
    printed = [one.communicate()[0] for one in started]
    failed = [text for one, text in zip(started, printed, strict=True) if one.returncode]
    assert not failed, "\n".join(failed)[:10_000]


@pytest.mark.needs("npm")
def test_linters_find_nothing(document: Path) -> None:
    run(
        [*program("redocly"), "lint", document, "--config", HERE / "redocly.yaml"],
        [
            *program("spectral"),
            "lint",
            document,
            "--ruleset",
            HERE / ".spectral.yaml",
            "--fail-severity=hint",
        ],
    )


@pytest.mark.needs("npm")
def test_typescript_clients_compile(document: Path) -> None:
    folder = document.parent
    types, client = folder / "types.ts", folder / "client.ts"
    run(
        [*program("openapi-typescript"), document, "--output", types],
        [*program("orval"), "--input", document, "--output", client, "--client", "fetch"],
        folder=folder,
    )
    config = (HERE / "tsconfig.json").read_text().replace("{", '{"files": ["types.ts", "client.ts"],', 1)
    (folder / "tsconfig.json").write_text(config)
    run([*program("tsc"), "--project", folder])


def test_the_python_client_compiles_and_so_does_a_program_that_uses_it(python_client: Path) -> None:
    stories = [f"-mtests.contract.{file.stem}" for file in HERE.glob("story*.py")]
    options = ["--strict", "--config-file=", f"--cache-dir={python_client.parent / 'mypy'}"]
    run(
        [sys.executable, "-m", "mypy", *options, "-pflexsync_client", *stories],
        MYPYPATH=f"{python_client}:{HERE.parents[1]}",
    )
