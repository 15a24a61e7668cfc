"""Billing periods keep the day of their anchor."""

from datetime import UTC, datetime

import pytest

from stripe_simulator.periods import period_end


class TestAPeriod:
    @pytest.mark.parametrize(
        ("anchor", "start", "interval", "count", "end"),
        [
            ("2026-01-31", "2026-01-31", "month", 1, "2026-02-28"),
            ("2026-01-31", "2026-02-28", "month", 1, "2026-03-31"),
            ("2024-02-29", "2024-02-29", "year", 1, "2025-02-28"),
            ("2026-11-30", "2026-11-30", "month", 3, "2027-02-28"),
            ("2026-01-01", "2026-01-01", "week", 2, "2026-01-15"),
            ("2026-01-01", "2026-01-10", "day", 1, "2026-01-11"),
        ],
    )
    def test_keeps_the_day_of_its_anchor(self, anchor, start, interval, count, end):
        assert period_end(at(anchor), at(start), interval, count) == at(end)


def at(day):
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())
