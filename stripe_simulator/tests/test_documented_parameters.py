"""Each parameter of each operation on customers and payments is named in the page about them."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from stripe_simulator import resources
from stripe_simulator.contract.parameters import _is_sent
from stripe_simulator.operations import OPERATIONS

resources.load()
PAGE = Path(__file__).parents[2] / "docs" / "simulator" / "customers_and_payments.md"
EVERYWHERE = frozenset(
    ["created", "ending_before", "expand", "limit", "metadata", "page", "query", "starting_after"]
)
SECTIONS = re.split(r"^## `(\w+)`", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
NAMED = {
    resource: set(re.findall(r"`([a-z0-9_]+)`", text))
    for resource, text in zip(SECTIONS[::2], SECTIONS[1::2], strict=True)
}


@pytest.mark.parametrize("name", sorted(name for name in OPERATIONS if name.split(".")[0] in NAMED))
def test_each_parameter_is_named(name):
    signature = OPERATIONS[name].signature
    params = getattr(import_module(signature.params_module), signature.params_class)
    known = {one for one in params.__annotations__ if _is_sent(params, one)} - EVERYWHERE
    assert sorted(known - NAMED[name.split(".")[0]]) == []
