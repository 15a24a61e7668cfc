"""Expand ids into objects on request. Source: Stripe API reference, "Expanding responses"."""

from collections.abc import Callable
from typing import Any

from .errors import InvalidRequest
from .state.account import Account, Object

_DEEPEST = 4

# Attributes that only exist when expanded: (kind, attribute) -> value. Set by the module of the kind.
INCLUDABLE: dict[tuple[str, str], Callable[[Account, Object], Any]] = {}

# What pays an invoice: the one that does is shown, the others are left out, and may be expanded all the same.
# Source: API reference, "The InvoicePayment object", payment.
_PAYMENTS = frozenset({"charge", "payment_intent", "payment_record"})


def check_depth(paths: list[str]) -> None:
    """Refuse paths of more than four levels."""
    for path in paths:
        if len(path.removeprefix("data.").split(".")) > _DEEPEST:
            raise InvalidRequest(
                f"You cannot expand more than {_DEEPEST} levels of a property (property: {path})",
                param="expand",
            )


def expand(account: Account, shown: Object, paths: list[str]) -> Object:
    """Return the same response, with each path's ids replaced by objects."""
    for path in paths:
        shown = _expand(account, shown, path.split("."), path)
    return shown


def _expand(account: Account, value: Any, names: list[str], path: str) -> Any:
    if isinstance(value, list):
        return [_expand(account, inner, names, path) for inner in value]
    if not names or value is None:
        return _expanded(account, value, path) if value is not None else None
    if isinstance(value, str):
        value = _expanded(account, value, path)
    name, rest = names[0], names[1:]
    if value.get("object") == "list" and name == "data":
        return value | {
            "data": [_expand(account, inner, rest, path) if rest else inner for inner in value["data"]]
        }
    if not rest and (value.get("object", ""), name) in INCLUDABLE:
        return value | {name: _attribute(account, value, name, path)}
    inner = _attribute(account, value, name, path)
    if inner is None and name not in value:
        return value
    return value | {name: _expand(account, inner, rest, path)}


def _attribute(account: Account, shown: Object, name: str, path: str) -> Any:
    includable = INCLUDABLE.get((shown.get("object", ""), name))
    if includable is not None and shown.get(name) is None:
        return includable(account, account.objects[shown["id"]])
    if name in _PAYMENTS and shown.get("type") in _PAYMENTS:
        return shown.get(name)
    if name not in shown:
        raise InvalidRequest(f"This property cannot be expanded ({path}).", param="expand[0]")
    return shown[name]


def _expanded(account: Account, value: Any, path: str) -> Any:
    if isinstance(value, dict):
        return value
    found = account.objects.get(value) if isinstance(value, str) else None
    if found is None:
        raise InvalidRequest(f"This property cannot be expanded ({path}).", param="expand[0]")
    return account.render(found)
