"""The page about outbound webhooks names each type of event, and each wait."""

import re
from pathlib import Path

from integrations.outbound_webhooks import event_types, schedule

PAGE = (Path(__file__).parents[3] / "docs/outbound_webhooks.md").read_text()


class TestThePage:
    def test_names_each_type_and_each_wait(self) -> None:
        table = PAGE.split("| kind | types |")[1].split("\n\n")[0]
        assert tuple(re.findall(r"`(\w+\.\w+)`", table)) == event_types.TYPES
        words = ["5 s", "5 min", "30 min", "2 h", "5 h", "10 h", "14 h", "20 h"]
        assert f"after {', '.join(words)} and 24 h" in PAGE
        units = {"s": 1, "min": 60, "h": 3600}
        waits = [int(number) * units[unit] for number, unit in (one.split() for one in [*words, "24 h"])]
        assert tuple(waits) == schedule.DELAYS
