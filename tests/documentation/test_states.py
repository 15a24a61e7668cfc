"""docs/states.md is what the models declare, and what they declare is about the states that they have."""

import pytest
from django.db.models import Model

from billing.state_changes import StateChanges
from flexsync.state_diagrams import PAGE, declared, page


def test_the_page_is_what_the_models_declare() -> None:
    assert page() == PAGE.read_text(encoding="utf-8"), "python -m flexsync.state_diagrams draws it anew"


@pytest.mark.parametrize(("model", "changes"), declared(), ids=lambda one: getattr(one, "__name__", ""))
def test_each_state_of_a_model_can_be_reached(model: type[Model], changes: StateChanges) -> None:
    choices = {value for value, _ in model._meta.get_field(changes.column).flatchoices}  # type: ignore[union-attr]
    reached = {after for _, after in changes.pairs()} | {
        after for befores, after in changes.moves if not befores
    }
    assert changes.states() == choices
    assert reached | set(changes.onward[:1]) == choices
