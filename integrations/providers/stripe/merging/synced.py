"""What differs between the kinds that are edited on both sides."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from billing.events import Kind
from integrations.provider_api import Fields, Json, LeftOut, Mergeable


def _as_they_are(changes: Fields, _known: Fields) -> Fields:
    return changes


@dataclass(frozen=True, kw_only=True)
class Synced:
    """One kind. ``retrieve`` (with ``expand``), ``update``: the operations that read and change its object.

    ``call_fields``(what else changed here, what is known of the object) -> what a call has to set for that,
    all of an object that Stripe sets whole. ``call_params``(those, nested; what is known of them) -> the
    parameters of the call.
    """

    kind: Kind
    retrieve: str
    expand: Sequence[str] = ()
    update: str
    call_fields: Callable[[Fields, Fields], Fields] = _as_they_are
    call_params: Callable[[Json, Fields], Json] = lambda params, _known: params
    mergeable: Mergeable

    def to_send(self, changed: Fields, known: Fields, held: Json) -> Fields:
        """What a call sets for what was ``changed`` here, without what cannot be sent."""
        reasons = self.mergeable.unsendable(changed, known, held)
        return self.call_fields({n: value for n, value in changed.items() if n not in reasons}, known)

    def left_out(self, changed: Fields, known: Fields, held: Json) -> LeftOut:
        """What cannot be sent of it, and why."""
        reasons = self.mergeable.unsendable(changed, known, held)
        return {name: (changed[name], known.get(name), why) for name, why in sorted(reasons.items())}
