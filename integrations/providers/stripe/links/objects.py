"""What links of every kind read: whose Stripe's object is, and both sides of what is edited on both."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from billing.events import Kind
from integrations.provider_api import Comparison, Json, Marks, Place
from integrations.providers.stripe.merging.synced import Synced
from integrations.providers.stripe.translate import metadata


def marks(name: str) -> Callable[[Json], Marks]:
    """What the metadata says, with the row's id under ``name``."""

    def read(stripe_object: Json) -> Marks:
        known = metadata.of(stripe_object)
        return Marks(known.get(metadata.ENVIRONMENT, ""), known.get(name, ""))

    return read


def compared(
    synced: Synced, place: Place, entity_id: str, stripe_object: Json, problems: Mapping[str, str]
) -> Comparison:
    """Both sides of a kind that is edited on both."""
    theirs = synced.mergeable.current({"data": {"object": stripe_object}})
    ours = synced.mergeable.desired(replace(place, held=theirs), entity_id)
    return Comparison(ours, theirs, problems)


def belongs(place: Place, field: str, provider_id: str, kind: Kind, row_id: str) -> dict[str, str]:
    """The problem of an object that belongs to another one (its ``field``) than the row does, {} for none."""
    counterpart = place.provider_id_of(kind, row_id)
    if provider_id == counterpart:
        return {}
    linked = f"is linked to {counterpart}" if counterpart else "has no counterpart at Stripe: link it first"
    return {field: f"Stripe's is of the {field} {provider_id or 'nobody'}; the {kind} {row_id} {linked}."}
