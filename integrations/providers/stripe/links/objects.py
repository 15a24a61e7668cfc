"""What links of every kind read from Stripe's objects: whose they are, and all of their metadata."""

from collections.abc import Callable
from typing import Any

from billing.events import Kind
from integrations.provider_api import Json, Marks
from integrations.providers.stripe.translate import metadata

# The provider's id of a row here, None when it has no counterpart there.
Counterpart = Callable[[Kind, str], str | None]


def marks(name: str) -> Callable[[Json], Marks]:
    """What the metadata says, with the row's id under ``name``."""

    def read(stripe_object: Json) -> Marks:
        known = metadata.of(stripe_object)
        return Marks(known.get(metadata.ENVIRONMENT, ""), known.get(name, ""))

    return read


def with_all_metadata(ours: Json, stripe_object: Json) -> dict[str, Any]:
    """``ours`` as what is asked for of the object: also the metadata that only the object has."""
    names = {**metadata.custom(stripe_object), **(ours.get("metadata") or {})}
    return {**ours, "metadata": names}


def own(ours: Json) -> frozenset[str]:
    """The metadata that only FlexSync writes, by which it knows its objects again."""
    names = (ours.get("metadata") or {}).keys()
    return frozenset(f"metadata.{name}" for name in names if metadata.is_mark(name))


def belongs(
    field: str, what: str, provider_id: str, counterpart: str | None, row: tuple[Kind, str]
) -> dict[str, str]:
    """The problem of an object that belongs to another ``what`` than the row does, {} when it does not."""
    if provider_id == counterpart:
        return {}
    kind, row_id = row
    linked = f"is linked to {counterpart}" if counterpart else "has no counterpart at Stripe: link it first"
    return {field: f"Stripe's is of the {what} {provider_id or 'nobody'}; the {kind} {row_id} {linked}."}
