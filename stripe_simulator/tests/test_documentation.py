"""What the documentation must say."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from stripe_simulator import resources
from stripe_simulator.__main__ import _parser
from stripe_simulator.cards.lookup import CARDS
from stripe_simulator.cards.outcomes import BANK_ACCOUNTS
from stripe_simulator.control.routes import CONTROL_ROUTES
from stripe_simulator.operations import OPERATIONS
from stripe_simulator.pages.routes import PAGE_ROUTES
from stripe_simulator.requests.faults import EFFECTS
from stripe_simulator.state.behavior import Behavior
from stripe_simulator.testing import SimulatorServer

DOCUMENT = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text(encoding="utf-8")
SIMULATOR = Path(__file__).parents[2] / "docs" / "simulator"


class TestTheDocumentation:
    @pytest.mark.parametrize("effect", EFFECTS)
    def test_explains_each_effect(self, effect):
        assert f"| `{effect}` |" in DOCUMENT

    def test_counts_the_operations(self):
        resources.load()
        assert f"The {len(OPERATIONS)} operations" in DOCUMENT

    def test_lists_each_option(self):
        options = [
            option for action in _parser()._actions for option in action.option_strings if option[:2] == "--"
        ]
        assert [option for option in options if option != "--help" and f"`{option}`" not in DOCUMENT] == []

    def test_lists_each_control_call(self):
        assert [route.path for route in CONTROL_ROUTES if route.path not in DOCUMENT] == []

    def test_explains_each_setting(self):
        for name, setting in Behavior.__dataclass_fields__.items():
            shown = json.dumps(setting.default)
            assert f"| `{name}` | `{shown}` |" in DOCUMENT

    def test_lists_each_page(self):
        paths = {route.path.replace("{id}", "{") for route in PAGE_ROUTES}
        assert [path for path in paths if f"`{path.partition('{')[0]}" not in DOCUMENT] == []

    def test_lists_each_card(self):
        shown = (SIMULATOR / "cards.md").read_text(encoding="utf-8")
        numbers = shown.replace(" ", "")
        listed = CARDS | BANK_ACCOUNTS
        assert [
            name for name, card in listed.items() if card.number not in numbers or f"`{name}`" not in shown
        ] == []

    def test_has_examples_that_run(self, stripe_simulator: SimulatorServer) -> None:
        started, tested = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
        names: dict[str, Any] = {}
        exec(started.replace("http://127.0.0.1:12111", stripe_simulator.base_url), names)  # noqa: S102
        assert names["customer"].email == "ada@example.com"
        stripe_simulator.reset()
        exec(tested, names)  # noqa: S102
        names["test_paying"](stripe_simulator)
