"""Decode form-encoded parameters with nested brackets into nested dictionaries."""

import re
from typing import Any
from urllib.parse import parse_qsl

from .errors import InvalidRequest

Tree = dict[str, Any]
_KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_PART = re.compile(r"\[([^\[\]]*)\]")


class Appended(str):
    """The index of a value that was sent with empty brackets, `[]`, as only values of lists are."""


def decode(encoded: str) -> Tree:
    """Decode a form: `a[b][0][c]=1` becomes `{"a": {"b": {"0": {"c": "1"}}}}`.

    Lists stay keyed by index until their type is known.
    """
    tree: Tree = {}
    for key, value in parse_qsl(encoded, keep_blank_values=True):
        found = _KEY.match(key)
        if found is None:
            raise InvalidRequest(f"Invalid parameter name: {key}", param=key)
        _insert(tree, [found[1], *_PART.findall(found[2])], value, key)
    return tree


def _insert(tree: Tree, parts: list[str], value: str, key: str) -> None:
    for part in parts[:-1]:
        tree = tree.setdefault(part or Appended(len(tree)), {})
        if not isinstance(tree, dict):
            raise InvalidRequest(f"Invalid parameter: {key} is given both a value and a structure", param=key)
    last = parts[-1] or Appended(len(tree))
    if isinstance(tree.get(last), dict):
        raise InvalidRequest(f"Invalid parameter: {key} is given both a value and a structure", param=key)
    tree[last] = value
