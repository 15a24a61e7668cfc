"""Objects made from the annotations of the SDK's resource classes: whole, and bare of what may be missing."""

from importlib import import_module
from types import NoneType, UnionType
from typing import Any, ForwardRef, Literal, Union, get_args, get_origin

from stripe._list_object import ListObject
from stripe._object_classes import OBJECT_CLASSES
from stripe._stripe_object import StripeObject, UntypedStripeObject

from stripe_simulator.contract.responses import annotations_of
from stripe_simulator.contract.signatures import type_checking_import

Json = dict[str, Any]
_SCALARS: dict[Any, Any] = {str: "text", int: 0, float: 0.0, bool: False}


def class_of(kind: str) -> Any:
    """The SDK's class of objects whose ``object`` is ``kind``."""
    module, name = OBJECT_CLASSES[kind]
    return getattr(import_module(module), name)


def whole(kind: str, **values: Any) -> Json:
    """An object with every field that the SDK knows: null where it may be, unless ``values`` say more.

    Raises AssertionError for a value that the SDK does not know.
    """
    made = _made(class_of(kind))
    assert set(values) <= set(made), f"The SDK's {kind} has no {set(values) - set(made)}."
    return made | values


def bare(value: Any, cls: Any, *, nulls: bool) -> Any:
    """The object with each field that may be missing left out, or as null; at any depth."""
    found = {}
    for name, hint in _fields(cls).items():
        options = _options(hint)
        if NoneType not in options:
            found[name] = _inner(value[name], options, cls, nulls=nulls)
        elif nulls:
            found[name] = None
    return found


def _inner(value: Any, options: list[Any], cls: Any, *, nulls: bool) -> Any:
    if isinstance(value, list):
        return [_inner(one, options, cls, nulls=nulls) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get("object") == "list":
        return value | {"data": _inner(value["data"], options, cls, nulls=nulls)}
    if value.get("object") in OBJECT_CLASSES:
        return bare(value, class_of(value["object"]), nulls=nulls)
    known = [_resolved(one, cls) for one in options]
    classes = [one for one in known if isinstance(one, type) and issubclass(one, StripeObject)]
    return bare(value, classes[0], nulls=nulls) if classes else value


def _made(cls: Any) -> Json:
    return {name: _value(_options(hint), cls) for name, hint in _fields(cls).items()}


def _fields(cls: Any) -> Json:
    """The fields of an object that was not deleted."""
    return {name: hint for name, hint in annotations_of(cls).items() if name != "deleted"}


def _options(hint: Any) -> list[Any]:
    return list(get_args(hint)) if get_origin(hint) in (Union, UnionType) else [hint]


def _value(options: list[Any], cls: Any) -> Any:
    """The plainest value of the type."""
    if NoneType in options:
        return None
    hint, origin = options[0], get_origin(options[0])
    if origin is Literal:
        return get_args(hint)[0]
    if origin is list:
        return []
    if origin is UntypedStripeObject:
        return {}
    if origin is ListObject:
        return {"object": "list", "data": [], "has_more": False, "url": "/v1/list"}
    return _SCALARS[hint] if hint in _SCALARS else _made(_resolved(hint, cls))


def _resolved(hint: Any, cls: Any) -> Any:
    if isinstance(hint, ForwardRef):
        hint = hint.__forward_arg__
    return type_checking_import(cls.__module__, hint) if isinstance(hint, str) else hint
