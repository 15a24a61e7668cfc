"""Check responses against the annotations of the SDK's resource classes."""

import re
import sys
from functools import cache
from importlib import import_module
from typing import Any

from stripe._list_object import ListObject
from stripe._object_classes import OBJECT_CLASSES
from stripe._search_result_object import SearchResultObject

from .response_types import compile_type
from .response_values import Check, ContractError, listing
from .signatures import Signature, type_checking_import

_LIST = re.compile(r"^(ListObject|SearchResultObject)\[(?:\"?)(.+?)(?:\"?)\]$")
_NOT_RETURNED = frozenset({"OBJECT_NAME"})


@cache
def resource_check(object_name: str) -> Check:
    """Return the check for objects whose `object` is this name, such as `checkout.session`.

    Like all checks it raises ContractError, with the path from the object to what is wrong.
    """
    module, name = OBJECT_CLASSES[object_name]
    return object_check(getattr(import_module(module), name))


@cache
def response_check(signature: Signature) -> Check:
    """Return the check for the response of one operation."""
    found = _LIST.match(signature.returns)
    if found is None:
        return object_check(type_checking_import(signature.service_module, signature.returns))
    item = object_check(type_checking_import(signature.service_module, found[2]))
    container = SearchResultObject if found[1] == "SearchResultObject" else ListObject
    return object_check(container, item)


@cache
def object_check(cls: type[Any], item: Check | None = None) -> Check:
    """Return a check of one SDK class: known and present names, and the type of each value, at any depth."""
    annotations = annotations_of(cls)
    module = sys.modules[cls.__module__]
    checks: dict[str, Check] = {}
    required: set[str] = set()
    for name, hint in annotations.items():
        check, optional = compile_type(hint, module.__name__, object_check)
        checks[name] = listing(item) if name == "data" and item else check
        if not optional:
            required.add(name)

    def verify(value: Any) -> None:
        if not isinstance(value, dict):
            raise ContractError(f" should be a {cls.__name__}, is {value!r}")
        for name, inner in value.items():
            if name not in checks:
                raise ContractError(f".{name} is unknown to the SDK's {cls.__name__}")
            try:
                checks[name](inner)
            except ContractError as error:
                raise error.inside(f".{name}") from None
        if value.get("deleted") is not True and not required <= value.keys():
            raise ContractError(f" lacks {sorted(required - value.keys())} of the SDK's {cls.__name__}")

    return verify


def item_class(signature: Signature) -> Any:
    """Return the SDK's class of an operation's response, or of the items if the response is a list."""
    found = _LIST.match(signature.returns)
    return type_checking_import(signature.service_module, found[2] if found else signature.returns)


def annotations_of(cls: type[Any]) -> dict[str, Any]:
    """Return the SDK's annotation of each attribute of a class."""
    own = {name: hint for name, hint in vars(cls).get("__annotations__", {}).items() if name[0] != "_"}
    if issubclass(cls, ListObject | SearchResultObject):
        own["object"] = str
    if issubclass(cls, SearchResultObject):
        # These two classes of the SDK are written by hand and lack attributes of the page "Search".
        own |= {"url": str, "next_page": str | None}
    return {name: hint for name, hint in own.items() if name not in _NOT_RETURNED}
