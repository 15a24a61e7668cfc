"""Reads lists of objects that are written as JSON, and names what is wrong: ``tiers[0].up_to``."""

from collections.abc import Collection, Mapping
from typing import Any, Never

from billing.errors import Invalid

NO_OBJECT = 'Send an object of text by name, such as {"order": "77"}.'


def read_metadata(value: Any) -> dict[str, str]:
    """The object; raises Invalid for what is none. The services check its names and values."""
    if not isinstance(value, dict):
        raise Invalid.of({"metadata": NO_OBJECT})
    return value


def read_objects(value: Any, field: str, *, most: int, like: str) -> list[Mapping[str, Any]]:
    """The objects of a list of up to ``most``; raises Invalid, which shows what it should be ``like``."""
    if not isinstance(value, list):
        raise Invalid.of({field: f"Send a list such as {like}."})
    if len(value) > most:
        raise Invalid.of({field: f"Send at most {most} of them."})
    for index, one in enumerate(value):
        if not isinstance(one, dict):
            raise Invalid.of({f"{field}[{index}]": f"Send a list such as {like}."})
    return value


def check_names(
    given: Mapping[str, Any], inside: str, known: Collection[str], needed: Collection[str]
) -> None:
    """Raises Invalid for names that are not ``known``, and for missing ones that are ``needed``."""
    for name in given:
        if name not in known:
            refuse(inside, name, "There is no such field.")
    for name in needed:
        if name not in given:
            refuse(inside, name, "This field is required.")


def refuse(inside: str, name: str, message: str) -> Never:
    """Raises Invalid for the field ``name`` of the object ``inside`` its list."""
    raise Invalid.of({f"{inside}.{name}": message})
