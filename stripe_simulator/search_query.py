"""The search query language: `email:"a@b.c" AND -metadata["k"]:null`.

Source: Stripe docs, "Search query language".
"""

import re
from collections.abc import Callable
from typing import Any

from .errors import InvalidRequest

Matches = Callable[[dict[str, Any]], bool]
_CLAUSE = re.compile(
    r"""\s*(?P<not>-)?(?P<field>\w+(?:\.\w+)*)(?:\[(?P<quote>["'])(?P<key>.*?)(?P=quote)\])?"""
    r"""\s*(?P<operator>:|~|>=|<=|>|<)\s*(?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s"']+)\s*"""
)
_NUMBER = re.compile(r"^-?\d+(\.\d+)?$")
_JOINT = re.compile(r"(AND|OR)\b|(?=\S)", re.IGNORECASE)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ">": lambda value, expected: value > expected,
    "<": lambda value, expected: value < expected,
    ">=": lambda value, expected: value >= expected,
    "<=": lambda value, expected: value <= expected,
}


_MOST_CLAUSES = 10
_LEAST_SUBSTRING = 3


def parse(query: str, resource: str, fields: dict[str, str]) -> Matches:
    """Return a function that tells whether an object is found.

    Stripe allows either AND or OR in one query, not both. `fields` are the searchable fields, each with its
    type: numeric, string or token (which has no substrings).
    """
    clauses, joints, position = [], set(), 0
    while position < len(query):
        found = _CLAUSE.match(query, position)
        if found is None:
            raise _invalid(query)
        _check(found, resource, fields)
        clauses.append(_clause(found))
        position = found.end()
        joint = _JOINT.match(query, position)
        if joint is not None:
            joints.add((joint[1] or "AND").upper())
            position = joint.end()
            if position >= len(query):
                raise _invalid(query)
    if not clauses or len(joints) > 1 or len(clauses) > _MOST_CLAUSES:
        raise _invalid(query)
    combine = any if joints == {"OR"} else all
    return lambda object: combine(clause(object) for clause in clauses)


def _check(found: re.Match[str], resource: str, fields: dict[str, str]) -> None:
    """Refuse fields that cannot be searched, and comparisons that their type does not have."""
    field, operator, value = found["field"], found["operator"], found["value"].strip("\"'")
    if field not in fields or (field == "metadata") != (found["key"] is not None):
        raise InvalidRequest(
            f"Field `{field}` is an unsupported search field for resource `{resource}`. See"
            f" https://docs.stripe.com/search#query-fields-for-{resource.replace('_', '-')} for a list of supported"
            " fields.",
            param="query",
        )
    if operator in _COMPARE and (fields[field] != "numeric" or not _NUMBER.match(value)):
        raise InvalidRequest(f"Field `{field}` cannot be compared with {operator}{value}.", param="query")
    if operator == "~" and (fields[field] != "string" or len(value) < _LEAST_SUBSTRING):
        raise InvalidRequest(
            f"Substrings have at least {_LEAST_SUBSTRING} characters, and are found in fields of type string.",
            param="query",
        )


def _clause(found: re.Match[str]) -> Matches:
    field, key, operator = found["field"], found["key"], found["operator"]
    negated, raw = bool(found["not"]), found["value"]
    quoted = raw[0] in "\"'"
    expected = re.sub(r"\\(.)", r"\1", raw[1:-1]) if quoted else raw

    def matches(object: dict[str, Any]) -> bool:
        value = _value(object, field)
        if key is not None:
            value = (value or {}).get(key)
        return _compare(value, operator, expected, quoted) != negated

    return matches


def _value(object: dict[str, Any], field: str) -> Any:
    value: Any = object
    for name in field.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _compare(value: Any, operator: str, expected: str, quoted: bool) -> bool:
    if not quoted and expected.lower() == "null":
        return value is None
    if value is None:
        return False
    if operator in _COMPARE:
        return isinstance(value, int | float) and _COMPARE[operator](value, float(expected))
    if isinstance(value, bool):
        return expected.lower() == str(value).lower()
    if isinstance(value, int | float):
        return expected == str(value)
    if operator == "~":
        return expected.lower() in str(value).lower()
    return str(value).lower() == expected.lower()


def _invalid(query: str) -> InvalidRequest:
    return InvalidRequest(
        f'We were unable to parse your search query: {query}. Use clauses such as email:"a@b.c", joined by AND or OR'
        " but not both.",
        param="query",
    )
