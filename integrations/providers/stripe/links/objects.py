"""What links of every kind read: whose Stripe's object is, and both sides of what is edited on both."""

from collections.abc import Callable, Mapping

from billing.events import Kind
from integrations.provider_api import Comparison, Json, Marks
from integrations.providers.stripe.merging.synced import Synced
from integrations.providers.stripe.translate import metadata

# The provider's id of a row here, None when it has no counterpart there.
Counterpart = Callable[[Kind, str], str | None]


def marks(name: str) -> Callable[[Json], Marks]:
    """What the metadata says, with the row's id under ``name``."""

    def read(stripe_object: Json) -> Marks:
        known = metadata.of(stripe_object)
        return Marks(known.get(metadata.ENVIRONMENT, ""), known.get(name, ""))

    return read


def compared(
    synced: Synced, row: tuple[str, str], stripe_object: Json, problems: Mapping[str, str]
) -> Comparison:
    """Both sides of a kind that is edited on both; ``row``: its environment and its id."""
    ours = synced.mergeable.desired(*row)
    theirs = synced.mergeable.current({"data": {"object": stripe_object}})
    return Comparison(ours, theirs, problems)


def belongs(
    field: str, what: str, provider_id: str, counterpart: str | None, row: tuple[Kind, str]
) -> dict[str, str]:
    """The problem of an object that belongs to another ``what`` than the row does, {} when it does not."""
    if provider_id == counterpart:
        return {}
    kind, row_id = row
    linked = f"is linked to {counterpart}" if counterpart else "has no counterpart at Stripe: link it first"
    return {field: f"Stripe's is of the {what} {provider_id or 'nobody'}; the {kind} {row_id} {linked}."}
