"""What an entity and its new counterpart have in common from the start."""

from integrations.mappings.bases import APART
from integrations.mappings.counterparts import Counterparts
from integrations.mappings.merge import Base
from integrations.provider_api import LAST_KNOWN, First, Json


def begin(pair: Counterparts, current: Json, first: First, made: Json | None = None) -> bool:
    """Notes it, see First; returns whether they are yet to be compared.

    ``made``: the parameters with which FlexSync has made the provider's object, which has ``current`` by now.
    """
    if made is not None:
        pair.annotate({LAST_KNOWN: dict(pair.mergeable.made(made, current)), APART: {}})
        return True
    if first is First.LINKED:
        return True
    pair.annotate({LAST_KNOWN: dict(current), APART: _apart(pair, current) if first is First.NEW else {}})
    return False


def _apart(pair: Counterparts, current: Json) -> Json:
    """All that differs was left so."""
    ours, theirs = pair.ours(pair.place_at(current)), pair.mergeable.fields(current)
    _, ours, theirs = pair.aligned(Base(None), ours, theirs)
    names = (name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
    return {name: ours.get(name) for name in names if not pair.mergeable.is_reserved(name)}
