"""Odd event bodies, the same in each run: golden events in which one field holds what it never should."""

import copy
import json
from collections.abc import Iterator
from itertools import count
from typing import Any

from integrations.providers.stripe.testing import event_type, golden_names

Path = tuple[str | int, ...]

MISSING = object()
# Seconds by which odd events are newer than all golden ones.
LATER = 10_000_000
DEEP: Any = "deep"
for _ in range(50):
    DEEP = {"a": [DEEP]}
# What a field may hold. Numbers are written as they stand, so that each is one that JSON allows.
VALUES: tuple[Any, ...] = (
    MISSING, None, "", "odd", "x" * 300, "x" * 6000, "a\0b", "a\ud800b", "9" * 400, "Infinity", "../cus_1?x=1",
    0, -1, 7, 1.5, True, 10**12, 10**30, -(10**30), 1e300, 10**4000,
    [], {}, [None], ["odd"], [[]], [{}], {"id": None}, {"id": 7}, {"id": "x" * 300}, {"odd": ["odd"]}, {"data": 7},
    {"object": "list", "data": [None], "has_more": True}, {"object": "list", "data": {"a": 1}}, DEEP,
)  # fmt: skip


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of all fields of an object, however deep; of a list its first element stands for all."""
    inside: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        inside = list(value.items())
    elif isinstance(value, list):
        inside = list(enumerate(value[:1]))
    for name, one in inside:
        yield (*path, name)
        yield from paths(one, (*path, name))


def with_value(event: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """A copy of the event, with ``value`` at that path of its data."""
    changed = json.loads(json.dumps(event))
    place = changed["data"]
    for name in path[:-1]:
        place = place[name]
    if value is MISSING:
        del place[path[-1]]
    else:
        place[path[-1]] = copy.deepcopy(value)
    return changed


def fields(events: dict[str, dict[str, Any]]) -> Iterator[tuple[str, Path]]:
    """Each field once for each type of event: the golden event that has it, and its path."""
    seen = set()
    for name in golden_names():
        if name in events:
            for path in paths(events[name]["data"]):
                key = (event_type(name), tuple(one for one in path if isinstance(one, str)))
                if key not in seen:
                    seen.add(key)
                    yield name, path


def odd_events(events: dict[str, dict[str, Any]], wanted: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """``wanted`` odd events and what is odd about each; every value, and as many fields as there is room for.

    Half of them keep the object's id, so that they meet a row that is here.
    """
    places = list(fields(events))
    step = max(1, len(places) * len(VALUES) // wanted)
    # Prime to both, so that all values meet all fields in the end.
    while any(step % factor == 0 for factor in (5, 7)) or step % 2 == 0:
        step += 1
    for number in count():
        if number == wanted:
            return
        chosen = number * step
        name, path = places[chosen % len(places)]
        value = VALUES[(chosen // len(places) + number) % len(VALUES)]
        odd = with_value(events[name], path, value)
        odd["id"] = f"evt_odd_{number}"
        odd["created"] += LATER + number
        if number % 2:
            _rename(odd["data"].get("object"), path, f"Odd{number}")
        yield f"{name}: {'.'.join(map(str, path))} = {str(value)[:40]!r}", odd


def _rename(stripe_object: Any, odd: Path, ending: str) -> None:
    """Makes it another object, unless that is what is odd about it."""
    for name in ("id", "number", "lookup_key"):
        if isinstance(stripe_object, dict) and isinstance(stripe_object.get(name), str) and name not in odd:
            stripe_object[name] += ending
