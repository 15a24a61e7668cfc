"""A connection's options: how it treats money, besides what it syncs."""

from collections.abc import Mapping, Sequence
from typing import Any

from billing import countries, money
from billing.errors import Invalid
from integrations.models import Connection
from integrations.models.connections import OPTIONS


def change(connection: Connection, options: Mapping[str, Any]) -> list[str]:
    """Sets those options (the caller saves) and returns their names.

    Currencies are ISO 4217 codes, countries ISO 3166 alpha-2 codes; [] means all. Raises Invalid.
    """
    unknown = sorted(options.keys() - set(OPTIONS))
    if unknown:
        known = f"There is no such option. Send: {', '.join(OPTIONS)}."
        raise Invalid.of({f"options.{name}": known for name in unknown})
    for name, value in options.items():
        setattr(connection, name, _codes(name, value) if name.startswith("collects_") else value)
    return list(options)


def values(connection: Connection) -> dict[str, Any]:
    """Returns every option by name."""
    return {name: getattr(connection, name) for name in OPTIONS}


def _codes(name: str, codes: Sequence[str]) -> list[str]:
    wanted = list(dict.fromkeys(code.strip().upper() for code in codes))
    wrong = [code for code in wanted if not _is_code(name, code)]
    if wrong:
        kind = "currency" if name == "collects_currencies" else "country"
        raise Invalid.of(
            {f"options.{name}": f"There is no {kind} {wrong[0]!r}. Send codes such as {_like(kind)}."}
        )
    return wanted


def _is_code(name: str, code: str) -> bool:
    if name == "collects_currencies":
        return code in money.EXPONENTS
    return code in countries.CODES


def _like(kind: str) -> str:
    return "USD" if kind == "currency" else "DE"
