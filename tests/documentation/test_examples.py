"""Every example is run by a test of its own, or held here against what it is about."""

import importlib.util
import json
import re
import shlex
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.core.management import get_commands, load_command_class
from drf_spectacular.generators import SchemaGenerator

from tests.documentation.blocks import ROOT, Block, blocks

# Pages whose examples a test runs from the first line to the last, by language.
RUN = {
    ("docs/adding_a_provider.md", "python"): "integrations/tests/test_adding_a_provider.py",
    ("docs/operations.md", "yaml"): "tests/test_monitoring.py",
    ("docs/programs.md", "python"): "tests/documentation/test_programs.py",
    ("docs/receiving_webhooks.md", "python"): "integrations/tests/outbound_webhooks/programs.py",
    ("docs/receiving_webhooks.md", "javascript"): "integrations/tests/outbound_webhooks/programs.py",
    ("docs/states.md", "mermaid"): "tests/documentation/test_states.py",
    ("docs/simulator.md", "python"): "stripe_simulator/tests/test_documentation.py",
}
# Objects of the API, by a field that only they have.
COMPONENTS = {
    "http_status_code": "Error",
    "cursor": "WebhookEvent",
    "winner": "Conflict",
    "sync_config": "ConnectionRequest",
}
MAKEFILE = (ROOT / "Makefile").read_text()


@cache
def components() -> dict[str, Any]:
    shown = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    found: dict[str, Any] = json.loads(json.dumps(shown["components"], default=str))
    return found


def check_json(block: Block) -> None:
    """Each field that it shows is one of the object's, with a value that it can have."""
    shown = json.loads(block.text)
    name = next(component for field, component in COMPONENTS.items() if field in shown)
    known = components()["schemas"][name]["properties"]
    assert set(shown) <= set(known)
    schema = {"properties": known, "components": components()}
    jsonschema.Draft202012Validator(schema).validate(shown)


def check_manage(words: list[str]) -> None:
    """The command's own parser takes it."""
    name, *arguments = words
    command = load_command_class(get_commands()[name], name)
    command.create_parser("manage.py", name).parse_args(arguments)


def check_module(words: list[str]) -> None:
    """The module is there, and knows each option."""
    name, *arguments = words
    spec = importlib.util.find_spec(name)
    if spec is not None and spec.submodule_search_locations:
        spec = importlib.util.find_spec(f"{name}.__main__")
    assert spec is not None and spec.origin, name
    source = Path(spec.origin).read_text()
    assert all(f'"{one}"' in source for one in arguments if one.startswith("--"))


def check_make(words: list[str]) -> None:
    """The target is there, and so is each variable."""
    variables = [one.partition("=")[0] for one in words if "=" in one]
    assert all(re.search(rf"^{one} \?=", MAKEFILE, re.MULTILINE) for one in variables)
    assert all(re.search(rf"^{one}:", MAKEFILE, re.MULTILINE) for one in words if "=" not in one)


COMMANDS: dict[str, Callable[[list[str]], None]] = {
    "manage.py": check_manage,
    "-m": check_module,
    "make": check_make,
}


def check_sh(block: Block) -> None:
    """The shell can read it; FlexSync's own commands, and files that it names, are there."""
    subprocess.run(["sh", "-n"], input=block.text.replace("$ ", ""), text=True, check=True)
    for line in block.lines():
        try:
            words = shlex.split(line, comments=True)
        except ValueError:  # of several lines
            continue
        for place in set(re.findall(r"(?<![\w/.$])deploy/[\w/.*-]+", line)):
            assert list(ROOT.glob(place.rstrip("/"))), place
        # `python -m devstack --` runs what comes after it.
        last = max((at for at, word in enumerate(words) if word in ("-m", "manage.py")), default=0)
        if words[last:] and words[last] in COMMANDS:
            COMMANDS[words[last]](words[last + 1 :])


CHECKS = {"json": check_json, "sh": check_sh, "console": check_sh}


@pytest.mark.parametrize("block", list(blocks()), ids=str)
def test_an_example_holds(block: Block) -> None:
    if (test := RUN.get((block.page, block.language))) is not None:
        assert Path(block.page).name in (ROOT / test).read_text()
    else:
        CHECKS[block.language](block)
