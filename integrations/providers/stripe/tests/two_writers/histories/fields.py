"""The fields that both sides edit: the values that each writes, and what of Stripe's can be held here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# By field, named as Stripe's parameters: "phone", "address.city", "metadata.color". No value and None are
# the same.
Values = Mapping[str, Any]
# Of a value of Stripe's: it cannot be held here.
UNHELD = object()


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Field:
    """One field. ``here``, ``there``: what the two persons write, spelled as on their side.

    ``held``: what of Stripe's value is held here, or UNHELD; ``spelled``: how a value of FlexSync's is
    spelled at Stripe.
    """

    name: str
    here: Sequence[Any]
    there: Sequence[Any]
    held: Callable[[Any], Any] = _same
    spelled: Callable[[Any], Any] = _same
    # Whether it is a part that comes and goes: one that was removed on one side is never left open.
    is_part: bool = False


def flat(params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a call by field; "" removes a key of metadata, and clears an address."""
    found: dict[str, Any] = {name: value for name, value in params.items() if not isinstance(value, Mapping)}
    for name, inside in params.items():
        if isinstance(inside, Mapping):
            found |= {f"{name}.{part}": value for part, value in inside.items()}
    if found.get("address") == "":
        found |= {
            f"address.{part}": "" for part in ("line1", "line2", "city", "state", "postal_code", "country")
        }
    return found


INSIDE = "metadata."


def metadata(*keys: str) -> list[Field]:
    """Keys of metadata; None removes one."""
    words, theirs = ("ours", "Ö", None), ("theirs", "x" * 500, "ours", None)
    return [Field(f"metadata.{key}", words, theirs) for key in keys]
