"""The page for receivers: its code runs, and it names each type of event."""

import json
import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from integrations.outbound_webhooks import event_types, schedule, signing

PAGE = (Path(__file__).parents[3] / "docs/outbound_webhooks.md").read_text()


def code(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


def sent(event: dict[str, Any], *secrets: str) -> tuple[dict[str, str], bytes]:
    """The headers and body of a webhook."""
    body = json.dumps(event).encode()
    return signing.headers(event["id"], body, secrets, {}, datetime.now(UTC)), body


class TestThePage:
    def test_has_a_receiver_that_verifies_deduplicates_and_orders(self) -> None:
        names: dict[str, Any] = {}
        exec(code("python"), names)  # noqa: S102 - it is the page's own code
        database = sqlite3.connect(":memory:")
        database.executescript(
            "CREATE TABLE events (id TEXT PRIMARY KEY);"
            "CREATE TABLE objects (id TEXT PRIMARY KEY, sequence INTEGER, status TEXT)"
        )
        old, new = signing.new_secret(), signing.new_secret()
        shown = json.loads(code("json"))
        paid = shown | {"id": "whev_2", "sequence": 4, "data": {"status": "paid"}}
        for event in (paid, shown, paid):
            assert names["receive"](old, *sent(event, new, old), database) == 204
        assert names["receive"](old, *sent(shown, new), database) == 400
        assert database.execute("SELECT sequence, status FROM objects").fetchall() == [(4, "paid")]
        assert database.execute("SELECT count(*) FROM events").fetchone() == (2,)
        database.close()

    def test_names_each_type_and_each_wait(self) -> None:
        table = PAGE.split("| kind | types |")[1].split("\n\n")[0]
        assert tuple(re.findall(r"`(\w+\.\w+)`", table)) == event_types.TYPES
        words = ["5 s", "5 min", "30 min", "2 h", "5 h", "10 h", "14 h", "20 h"]
        assert f"after {', '.join(words)} and 24 h" in PAGE
        units = {"s": 1, "min": 60, "h": 3600}
        waits = [int(number) * units[unit] for number, unit in (one.split() for one in [*words, "24 h"])]
        assert tuple(waits) == schedule.DELAYS
