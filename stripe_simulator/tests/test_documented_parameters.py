"""Each parameter of each operation is named in the page about it."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from stripe_simulator import resources
from stripe_simulator.contract.parameters import _is_sent
from stripe_simulator.operations import OPERATIONS

resources.load()
FOLDER = Path(__file__).parents[2] / "docs" / "simulator"
PAGES = [FOLDER / name for name in ("customers_and_payments.md", "billing.md")]
EVERYWHERE = frozenset(
    [
        "created",
        "customer_account",
        "ending_before",
        "expand",
        "limit",
        "metadata",
        "page",
        "query",
        "starting_after",
    ]
)
SECTIONS = [
    re.split(r"^## `(\w+)`", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:] for page in PAGES
]
NAMED = {
    resource: set(re.findall(r"`([a-z0-9_]+)`", text))
    for sections in SECTIONS
    for resource, text in zip(sections[::2], sections[1::2], strict=True)
}


@pytest.mark.parametrize("name", sorted(name for name in OPERATIONS if name.split(".")[0] in NAMED))
def test_each_parameter_is_named(name):
    signature = OPERATIONS[name].signature
    params = getattr(import_module(signature.params_module), signature.params_class)
    known = {name for name in params.__annotations__ if _is_sent(params, name)} - EVERYWHERE
    assert sorted(known - NAMED[name.split(".")[0]]) == []
