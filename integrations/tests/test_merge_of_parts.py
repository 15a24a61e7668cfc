"""Parts that each side can add and remove are compared field by field, or whole where a side has none."""

import pytest

from integrations.mappings.merge import Base, align, changed_here, compare
from integrations.mappings.parts import with_values
from integrations.provider_api import value_of


def part_of(name):
    first, _, rest = name.partition(".")
    return f"{first}.{rest.partition('.')[0]}" if first == "items" and rest else ""


def item(quantity, price="seat", key="si_1"):
    return {f"items.{key}.price": price, f"items.{key}.quantity": quantity}


KNOWN = item(3) | {"name": "A"}
WHOLE = {"price": "seat", "quantity": 3}


def test_what_both_sides_only_spell_differently_is_no_conflict():
    ours, theirs = {"email": "Ada@Example.com"}, {"email": "ada@example.com"}
    rules = (lambda _name: False, lambda _name, a, b: a.lower() == b.lower())
    for base in (Base(None), Base({"email": "old@example.com"})):
        found = compare(base, ours, theirs, *rules)
        assert not (found.here or found.there or found.both)
    assert compare(Base(theirs), ours, theirs, *rules).here == {"email"}


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (item(5), item(3), {"here": {"items.si_1.quantity"}}),
        (item(3), item(5), {"there": {"items.si_1.quantity"}}),
        (item(5), item(3, "desk"), {"here": {"items.si_1.quantity"}, "there": {"items.si_1.price"}}),
        (item(5), item(7), {"both": {"items.si_1.quantity"}}),
        ({}, item(3), {"here": {"items.si_1"}}),
        (item(3), {}, {"there": {"items.si_1"}}),
        ({}, item(5), {"both": {"items.si_1"}}),
        (item(5), {}, {"both": {"items.si_1"}}),
        ({}, {}, {}),
        (item(3) | item(1, "desk", "new"), item(3), {"here": {"items.new"}}),
        (item(3), item(3) | item(1, "desk", "si_2"), {"there": {"items.si_2"}}),
        (item(3) | item(1, "desk", "si_2"), item(3) | item(1, "desk", "si_2"), {}),
        (
            item(3) | item(2, "desk", "si_2"),
            item(3) | item(1, "desk", "si_2"),
            {"both": {"items.si_2.quantity"}},
        ),
    ],
)
def test_what_differs_is_told_by_field_or_by_part(ours, theirs, expected):
    name = {"name": "A"}
    base, ours, theirs = align(Base(KNOWN), ours | name, theirs | name, part_of)
    found = compare(base, ours, theirs, lambda _name: False)
    empty = {"here": set(), "there": set(), "both": set()}
    assert {"here": found.here, "there": found.there, "both": found.both} == empty | expected


def test_what_a_push_has_to_send_is_told_likewise():
    base, ours, _ = align(Base(KNOWN), {"name": "A"} | item(1, "desk", "new"), None, part_of)
    assert {name: ours.get(name) for name in changed_here(base, ours)} == {
        "items.si_1": None,
        "items.new": {"price": "desk", "quantity": 1},
    }


def test_values_that_were_left_apart_stay_so():
    base, ours, theirs = align(Base(KNOWN, {"items.si_1.quantity": 9}), item(9), item(3), part_of)
    assert compare(base, ours, theirs, lambda _name: False).here == {"name"}
    base, ours, _ = align(Base(KNOWN, {"items.si_1": None}), {"name": "A"}, None, part_of)
    assert not changed_here(base, ours)


def test_a_part_is_set_and_removed_as_a_whole():
    assert with_values(KNOWN, {"items.si_1": None}, part_of) == {"name": "A"}
    assert with_values({}, {"items.si_1": WHOLE}, part_of) == item(3)
    assert with_values(KNOWN, {"items.si_1.quantity": 5}, part_of) == KNOWN | item(5)
    assert value_of(KNOWN, "items.si_1") == WHOLE and value_of(KNOWN, "items.si_2") is None
