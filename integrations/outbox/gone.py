"""Pushes that need what is gone at the provider: done where it has ended here as well, else they wait."""

from collections.abc import Callable

from billing.events import Kind
from billing.services import row_endings
from integrations.errors import Gone
from integrations.mappings.gone import settle
from integrations.provider_api import Outbound

STEP = "gone"
# What is pushed for the sake of another entity: with that one gone, nothing is left to say.
_PARTS_OF = {Kind.PRICE: Kind.PLAN, Kind.PAYMENT: Kind.INVOICE, Kind.CREDIT_NOTE: Kind.INVOICE}


def ends(kind: Kind, entity_id: str, gone: Gone) -> bool:
    """Whether it leaves a push of that row with nothing to do: it has ended here, too, or is left."""
    concerns = (gone.kind, gone.entity_id) == (kind, entity_id) or gone.kind == _PARTS_OF.get(kind)
    return concerns and (gone.is_left or row_endings.has_ended(Kind(gone.kind), gone.entity_id))


def push(outbound: Outbound, kind: Kind, entity_id: str, work: Callable[[Outbound], None]) -> None:
    """Pushes that entity by ``work``; nothing is left to do for one that is gone and settled."""
    try:
        work(outbound)
    except Gone as gone:
        if not ends(kind, entity_id, gone):
            raise
        why = "It was decided to leave it so." if gone.is_left else "It has ended here as well."
        outbound.skip(STEP, f"The {gone.kind} {gone.entity_id} is gone there. {why}")
        if not (outbound.dry or gone.is_left):
            settle(outbound.connection_id, Kind(gone.kind), gone.entity_id)


def refresh(outbound: Outbound, work: Callable[[Outbound], None]) -> None:
    """Reads an entity by ``work``; there is nothing to read of one that is gone, as its mapping says."""
    try:
        work(outbound)
    except Gone as gone:
        outbound.skip(STEP, str(gone))
