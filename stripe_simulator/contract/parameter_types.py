"""Turn one annotation of the SDK's parameter types into a check of a decoded form value."""

from collections.abc import Callable
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin

from stripe._stripe_object import UntypedStripeObject
from typing_extensions import is_typeddict

from ..errors import InvalidRequest
from .parameter_values import SCALARS, choice, dictionary, listing

Check = Callable[[Any, str], Any]
Compile = Callable[[Any], Check]


def compile_type(hint: Any, typed_dict: Compile) -> Check:
    """Return a check for any annotation; `typed_dict` compiles nested typed dictionaries on first use."""
    origin = get_origin(hint)
    if origin in (NotRequired, Required):
        return compile_type(get_args(hint)[0], typed_dict)
    if origin in (Union, UnionType):
        return _union(get_args(hint), typed_dict)
    if origin is Literal:
        return choice(get_args(hint))
    if origin is list:
        return listing(compile_type(get_args(hint)[0], typed_dict))
    if origin is dict:
        return dictionary(compile_type(get_args(hint)[1], typed_dict))
    if is_typeddict(hint):
        return lambda raw, at: typed_dict(hint)(raw, at)
    return SCALARS[hint]


def _union(options: tuple[Any, ...], typed_dict: Compile) -> Check:
    """Return a check for one of several types.

    The SDK writes open enumerations `Literal[...] | str`: the literals are the closed list.
    """
    literals = [value for option in options if get_origin(option) is Literal for value in get_args(option)]
    clearable = "" in literals
    choices = tuple(value for value in literals if value != "")
    scalars = [option for option in options if option in (int, bool, float, Decimal)]
    if str in options and not choices:
        scalars.append(str)
    structures = [compile_type(option, typed_dict) for option in options if _is_structure(option)]
    texts = [SCALARS[scalar] for scalar in scalars] + ([choice(choices)] if choices else [])

    def check(raw: Any, at: str) -> Any:
        if raw == "" and clearable:
            return None
        if isinstance(raw, dict) and structures:
            return structures[0](raw, at)
        if not texts:
            raise InvalidRequest("Invalid object", param=at)
        return _first_accepting(texts, raw, at)

    return check


def _is_structure(option: Any) -> bool:
    origin = get_origin(option)
    if origin is UntypedStripeObject or option is NoneType:
        return False
    return origin in (list, dict) or is_typeddict(option)


def _first_accepting(checks: list[Check], raw: Any, at: str) -> Any:
    for check in checks[:-1]:
        try:
            return check(raw, at)
        except InvalidRequest:
            continue
    return checks[-1](raw, at)
