"""Read, from the SDK's generated service classes, the method, path and types of an operation."""

import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

_METHOD = re.compile(r"^    def (\w+)\(", re.MULTILINE)
_PARAMS = re.compile(r"""params: (Optional\[)?"(\w+)\"""")
_RETURNS = re.compile(r'\) -> "([^"]+)"')
_REQUEST = re.compile(r'"(get|post|delete)",\s*"(/v1/[^"]+)"')


@dataclass(frozen=True)
class Signature:
    """One operation as the SDK declares it, such as `invoices.add_lines`."""

    name: str
    method: str
    path: str
    params_class: str
    params_module: str
    returns: str
    service_module: str


@cache
def signature(name: str) -> Signature:
    """Return the signature of `client.v1.<name>`; raise LookupError if the SDK has no such operation."""
    *services, method = name.split(".")
    module = _service_module(services)
    source = _source(module)
    text = _method_text(source, method)
    request, params, returns = _REQUEST.search(text), _PARAMS.search(text), _RETURNS.search(text)
    if not (request and params and returns):
        raise LookupError(f"the SDK's {name} could not be read")
    return Signature(
        name=name,
        method=request[1].upper(),
        path=request[2],
        params_class=params[2],
        params_module=_imported_from(source, params[2]),
        returns=returns[1],
        service_module=module,
    )


def _service_module(services: list[str]) -> str:
    module: Any = import_module("stripe._v1_services")
    for service in services:
        module = import_module(module._subservices[service][0])
    return str(module.__name__)


@cache
def _source(module: str) -> str:
    return Path(str(import_module(module).__file__)).read_text(encoding="utf-8")


def _method_text(source: str, method: str) -> str:
    starts = {found[1]: found.start() for found in _METHOD.finditer(source)}
    if method not in starts:
        raise LookupError(f"the SDK has no method {method}")
    later = [found.start() for found in re.finditer(r"^    (async )?def ", source, re.MULTILINE)]
    end = min((start for start in later if start > starts[method]), default=len(source))
    return source[starts[method] : end]


def _imported_from(source: str, name: str) -> str:
    """Return the module from which generated code imports a name for type checkers only."""
    pattern = r"from ([\w.]+) import (?:\(\s*)?" + name + r"\b"
    found = re.search(pattern, source)
    if found is None:
        raise LookupError(f"{name} is not imported where it is used")
    return found[1]


def type_checking_import(module: str, name: str) -> Any:
    """Return the class behind a forward reference in one of the SDK's modules.

    Its alias may differ from its name.
    """
    alias = r"from ([\w.]+) import (?:\(\s*)?(\w+) as " + name + r"\b"
    found = re.search(alias, _source(module))
    if found is not None:
        return getattr(import_module(found[1]), found[2])
    return getattr(import_module(_imported_from(_source(module), name)), name)
