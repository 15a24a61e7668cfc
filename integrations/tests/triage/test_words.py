"""Causes as people read them: without what is left of ids, numbers and times that were taken out."""

import pytest

from integrations.triage.words import LONGEST_CAUSE, of_reason


@pytest.mark.parametrize(
    ("cause", "read"),
    [
        ("There is no customer ... for ... USD.", "There is no customer ... for ... USD."),
        ("It is gone since ...-...-... ...:... UTC, it says.", "It is gone since ..., it says."),
        ("No such customer (code missing, status ..., request ...).", "No such customer (code missing)."),
        ("Key expired (status ..., request ...)", "Key expired"),
        ("a " * (LONGEST_CAUSE // 2), "a " * (LONGEST_CAUSE // 2 - 1) + "a ..."),
    ],
)
def test_a_reason_says_nothing_empty_and_ends_with_a_word(cause: str, read: str) -> None:
    assert of_reason(cause) == read
