"""What differs between the kinds that are edited on both sides."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from billing.events import Kind
from integrations.provider_api import Fields, Json, Mergeable


def _as_they_are(changes: Fields, _known: Fields) -> Fields:
    return changes


@dataclass(frozen=True, kw_only=True)
class Synced:
    """One kind. ``retrieve`` (with ``expand``), ``update``: the operations that read and change its object.

    ``call_fields``(what changed here, what is known of the object) -> what a call has to set for that, all of
    an object that Stripe sets whole. ``call_params``(those, nested; what is known of them) -> the parameters
    of the call.
    """

    kind: Kind
    retrieve: str
    expand: Sequence[str] = ()
    update: str
    call_fields: Callable[[Fields, Fields], Fields] = _as_they_are
    call_params: Callable[[Json, Fields], Json] = lambda params, _known: params
    mergeable: Mergeable
