"""The model says what has to be: tested by itself, without FlexSync."""

import pytest

from integrations.providers.stripe.tests.two_writers.histories.field_history import (
    PROVIDER,
    Ending,
    FieldHistory,
)
from integrations.providers.stripe.tests.two_writers.histories.fields import Field

NOW = (0, 0)


@pytest.fixture
def field():
    """A key of metadata that was added at Stripe, and that both sides have by now."""
    found = FieldHistory(Field("metadata.size", (), ()), owner=PROVIDER)
    found.edit_here(None, NOW)
    found.push(None, None, known=0, made=1)
    found.edit_there("large", NOW)
    found.learn(found.shown)
    return found


def removed_on_both_sides(field):
    """Where the edit at Stripe was the last one, which FlexSync's call then repeats."""
    field.edit_here(None, NOW)
    field.edit_there(None, NOW)


class TestACallThatSetsWhatStripeHasAlready:
    def test_leaves_an_edit_that_came_to_flexsync_while_it_was_made(self, field):
        removed_on_both_sides(field)
        field.learn(field.shown)
        field.push(None, None, known=1, made=2)
        assert list(field.endings()) == [Ending(None, None)]

    def test_covers_an_edit_that_flexsync_has_not_seen(self, field):
        removed_on_both_sides(field)
        field.push(None, None, known=1, made=2)
        assert field.there[-1].is_undone
        assert list(field.endings()) == [Ending(None, None)]
