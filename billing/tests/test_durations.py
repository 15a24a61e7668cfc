"""Durations are said in their greatest unit."""

from datetime import UTC, datetime, timedelta

import pytest

from billing import durations

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-1, "0 ms"),
        (0.34, "340 ms"),
        (4.21, "4.2 s"),
        (59, "59 s"),
        (60, "1 minute"),
        (7199, "1 hour"),
        (7200, "2 hours"),
        (46_080 * 60, "32 days"),
    ],
)
def test_are_words(seconds: float, said: str) -> None:
    assert durations.words(timedelta(seconds=seconds)) == said


def test_need_no_seconds_of_what_is_past() -> None:
    assert durations.ago(NOW - timedelta(seconds=59), NOW) == "just now"
    assert durations.ago(NOW - timedelta(seconds=61), NOW) == "1 minute ago"
    assert durations.since(NOW, NOW) == "less than a minute"
