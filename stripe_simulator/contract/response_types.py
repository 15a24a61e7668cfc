"""Turn one annotation of the SDK's resource classes into a check of a JSON value."""

from collections.abc import Callable
from functools import cache
from types import NoneType, UnionType
from typing import Any, ForwardRef, Literal, Union, get_args, get_origin

from stripe._list_object import ListObject
from stripe._stripe_object import UntypedStripeObject

from .response_values import SCALARS, Check, ContractError, choice, dictionary, listing
from .signatures import type_checking_import

ObjectCheck = Callable[..., Check]


def compile_type(hint: Any, module: str, objects: ObjectCheck) -> tuple[Check, bool]:
    """Return a check, and whether the value may be null or absent; `objects` compiles SDK classes on use."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _union(get_args(hint), module, objects)
    if origin is Literal:
        return choice(get_args(hint)), False
    if origin is list:
        return listing(compile_type(get_args(hint)[0], module, objects)[0]), False
    if origin is UntypedStripeObject:
        return dictionary(compile_type(get_args(hint)[0], module, objects)[0]), False
    if origin is ListObject:
        return _lazy_list(get_args(hint)[0], module, objects), False
    if hint in SCALARS:
        return SCALARS[hint], False
    return _lazy_object(hint, module, objects), False


def _union(options: tuple[Any, ...], module: str, objects: ObjectCheck) -> tuple[Check, bool]:
    literals = tuple(
        value for option in options if get_origin(option) is Literal for value in get_args(option)
    )
    kept = [option for option in options if option is not NoneType]
    if literals:
        kept = [option for option in kept if option is not str]
    checks = [compile_type(option, module, objects)[0] for option in kept]
    optional = NoneType in options
    check = checks[0] if len(checks) == 1 else _any_of(checks)
    return (_nullable(check) if optional else check), optional


def _any_of(checks: list[Check]) -> Check:
    def check(value: Any) -> None:
        problem = ContractError(" should not be null")
        for candidate in checks:
            try:
                candidate(value)
                return
            except ContractError as error:
                problem = error
        raise problem

    return check


def _nullable(inner: Check) -> Check:
    def check(value: Any) -> None:
        if value is not None:
            inner(value)

    return check


def _lazy_object(hint: Any, module: str, objects: ObjectCheck) -> Check:
    @cache
    def compiled() -> Check:
        return objects(_resolve(hint, module))

    return lambda value: compiled()(value)


def _lazy_list(hint: Any, module: str, objects: ObjectCheck) -> Check:
    @cache
    def compiled() -> Check:
        item, _ = compile_type(hint, module, objects)
        return objects(ListObject, item)

    return lambda value: compiled()(value)


def _resolve(hint: Any, module: str) -> Any:
    if isinstance(hint, ForwardRef):
        hint = hint.__forward_arg__
    return type_checking_import(module, hint) if isinstance(hint, str) else hint
