"""Whether a path can be expanded, by the SDK's annotations; checked before an operation is carried out."""

from functools import cache
from typing import Any, ForwardRef, get_args

from stripe._stripe_object import StripeObject

from ..errors import InvalidRequest
from .responses import annotations_of, item_class
from .signatures import Signature, type_checking_import


@cache
def check_expandable(signature: Signature, path: str) -> None:
    """Refuse a path to an attribute that the response never has."""
    names = path.split(".")
    if signature.returns.startswith(("ListObject", "SearchResultObject")):
        if names[0] not in ("data", "total_count"):
            raise _refusal(path)
        names = names[1:]
    if not _leads_somewhere(item_class(signature), names):
        raise _refusal(path)


def _leads_somewhere(cls: type[Any], names: list[str]) -> bool:
    if not names:
        return True
    annotations = annotations_of(cls)
    if names[0] not in annotations:
        return False
    inner = _classes(annotations[names[0]], cls.__module__)
    return (
        not names[1:]
        or any(_leads_somewhere(nested, names[1:]) for nested in inner)
        or _in_list(inner, names[1:])
    )


def _in_list(classes: list[type[Any]], names: list[str]) -> bool:
    """Return whether the path enters a list inside the response by `data`."""
    return names[0] == "data" and any(_leads_somewhere(nested, names[1:]) for nested in classes)


def _classes(hint: Any, module: str) -> list[type[Any]]:
    """Return the SDK's classes that a value of this annotation may have."""
    if isinstance(hint, ForwardRef | str):
        name = hint.__forward_arg__ if isinstance(hint, ForwardRef) else hint
        if not name.isidentifier():
            return []
        return [type_checking_import(module, name)]
    if isinstance(hint, type) and issubclass(hint, StripeObject) and not get_args(hint):
        return [hint]
    return [
        nested
        for argument in get_args(hint)
        if not isinstance(argument, str)
        for nested in _classes(argument, module)
    ]


def _refusal(path: str) -> InvalidRequest:
    return InvalidRequest(f"This property cannot be expanded ({path}).", param="expand[0]")
