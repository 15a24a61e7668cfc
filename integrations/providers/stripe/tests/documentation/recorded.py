"""Objects of events that note which of their fields are read, however deep."""

from collections import defaultdict
from typing import Any

# By object: its fields that were read, those inside plain hashes as "address.city".
Fields = defaultdict[str, set[str]]
# The items that stand for the one plan of an old subscription do not name their object.
NAMELESS = {"items.": "subscription_item"}


class Recorded(dict[str, Any]):
    """A dictionary of an event; one with an ``object`` is noted under that name, with fields of its own."""

    def __init__(self, values: dict[str, Any], fields: Fields, place: tuple[str, str] = ("", "")) -> None:
        of, path = place
        if isinstance(values.get("object"), str) and values["object"] != "list":
            of, path = values["object"], ""
        self._fields, self._of, self._path = fields, of, path
        self._is_list = "data" in values
        if self._is_list:
            self._of = NAMELESS.get(path, of)
        super().__init__({name: self._wrapped(value, path + name) for name, value in values.items()})

    def _wrapped(self, value: Any, path: str) -> Any:
        if isinstance(value, list):
            return [self._wrapped(one, path) for one in value]
        if not isinstance(value, dict):
            return value
        return Recorded(value, self._fields, (self._of, "" if self._is_list else f"{path}."))

    def _note(self, name: object) -> None:
        if not self._is_list:
            self._fields[self._of].add(f"{self._path}{name}")

    def __getitem__(self, name: str) -> Any:
        self._note(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self._note(name)
        return super().__contains__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self._note(name)
        return super().get(name, default)
