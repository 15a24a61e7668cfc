"""Check and convert the parameters of a request by the SDK's typed dictionaries."""

import sys
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any, get_type_hints

from stripe import StripeContext
from stripe._request_options import RequestOptions

from ..errors import InvalidRequest
from .lengths import refuse_too_long
from .parameter_types import Check, Compile, compile_type
from .signatures import Signature

_CLIENT_OPTIONS = frozenset(RequestOptions.__annotations__)
_FOR_TYPE_CHECKERS = {"StripeContext": StripeContext, "Mapping": Mapping}


@cache
def parameters_check(signature: Signature) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return a function that converts decoded form data to typed parameters, or raises Stripe's error."""
    check = typed_dict_check(getattr(import_module(signature.params_module), signature.params_class))

    def convert(raw: dict[str, Any]) -> dict[str, Any]:
        refuse_too_long(signature.name, raw)
        converted: dict[str, Any] = check(raw, "")
        return converted

    return convert


def type_hints(cls: Any) -> dict[str, Any]:
    """Return the type of each name of one of the SDK's typed dictionaries."""
    return get_type_hints(cls, {**vars(sys.modules[cls.__module__]), **_FOR_TYPE_CHECKERS})


@cache
def typed_dict_check(cls: Any) -> Check:
    """Return a check of one typed dictionary: known names, required names, and the type of each value."""
    hints = type_hints(cls)
    compiler: Compile = typed_dict_check
    checks = {name: compile_type(hint, compiler) for name, hint in hints.items() if _is_sent(cls, name)}
    required = frozenset(cls.__required_keys__) & checks.keys()

    def check(raw: Any, at: str) -> dict[str, Any]:
        if not isinstance(raw, dict):
            raise InvalidRequest("Invalid object", param=at)
        for name in raw.keys() - checks.keys():
            raise unknown(_nested(at, name))
        for name in required:
            if name not in raw:
                raise absent(_nested(at, name))
            if raw[name] == "":
                raise InvalidRequest(
                    f"You passed an empty string for '{_nested(at, name)}'. We assume empty values are an attempt to"
                    f" unset a parameter; however '{_nested(at, name)}' cannot be unset.",
                    code="parameter_invalid_empty",
                    param=_nested(at, name),
                )
        return {name: checks[name](value, _nested(at, name)) for name, value in raw.items()}

    return check


def _is_sent(cls: Any, name: str) -> bool:
    """Return whether a name is sent as a parameter; others are options of the client, such as `api_key`."""
    if name not in _CLIENT_OPTIONS:
        return True
    return not _CLIENT_OPTIONS <= cls.__annotations__.keys()


def _nested(at: str, name: str) -> str:
    return f"{at}[{name}]" if at else name


def unknown(param: str) -> InvalidRequest:
    """Return Stripe's error for an unknown parameter."""
    return InvalidRequest(f"Received unknown parameter: {param}", code="parameter_unknown", param=param)


def absent(param: str) -> InvalidRequest:
    """Return Stripe's error for a missing required parameter."""
    return InvalidRequest(f"Missing required param: {param}.", code="parameter_missing", param=param)
