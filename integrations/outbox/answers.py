"""What an answer shows of an object that both sides edit, besides what its call has done."""

from integrations.mappings import bases
from integrations.mappings.entity_mappings import Counterpart
from integrations.provider_api import LAST_KNOWN, Json, Mergeable, Sent


def of_making(mergeable: Mergeable | None, params: Json, facts: Json) -> Json:
    """What is noted of an object that an earlier attempt has made, and others may have edited since.

    ``params``: of the call that made it. ``facts``: what would be noted of a new one.
    """
    if mergeable is None or LAST_KNOWN not in facts:
        return facts
    return {**facts, LAST_KNOWN: dict(mergeable.made(params, facts[LAST_KNOWN]))}


def observed(mergeable: Mergeable | None, known: Counterpart, answer: Json, *, is_old: bool) -> Sent | None:
    """For an answer that shows another's change: it is merged, too; None where it shows nothing new."""
    if mergeable is None or answer.get("id") != known.provider_id or not mergeable.shows(answer):
        return None
    if not bases.is_news(known.notes, answer, mergeable):
        return None
    return Sent({}, known.notes[LAST_KNOWN], is_old=is_old)
