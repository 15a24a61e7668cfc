"""Which value the changes of one second end with, whatever their order."""

import pytest

from integrations.inbox.change_times import Change, end_with_anothers


def own(before, after):
    return Change(before, after, is_own=True)


def other(before, after):
    return Change(before, after, is_own=False)


@pytest.mark.parametrize(
    "changes",
    [
        [own("theirs", "ours"), other("ours", "last")],
        [own("theirs", "ours"), other("ours", "theirs"), other("theirs", "last")],
        [other("a", "theirs"), own("theirs", "ours"), other("ours", "last")],
    ],
)
def test_is_anothers_where_it_is_the_last(changes):
    assert end_with_anothers(changes) and end_with_anothers(changes[::-1])


@pytest.mark.parametrize(
    "changes",
    [
        [],
        [own("theirs", "ours")],
        [other("ours", "theirs"), own("theirs", "ours")],
        [other("a", "theirs"), own("theirs", "ours"), own("ours", "later")],
    ],
)
def test_is_not_where_it_is_flexsyncs_or_what_it_was_before(changes):
    assert not end_with_anothers(changes) and not end_with_anothers(changes[::-1])


def test_is_not_known_where_an_event_is_missing():
    assert not end_with_anothers([other("a", "theirs"), own("later", "ours")])
