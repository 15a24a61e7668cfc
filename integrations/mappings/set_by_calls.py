"""What the provider's object has because FlexSync's own calls have set it."""

from collections.abc import Mapping

from integrations.mappings import bases, conflicts
from integrations.mappings.bases import OPEN, SET, UNDECIDED
from integrations.mappings.counterparts import Counterparts
from integrations.mappings.evidence import Evidence
from integrations.mappings.parts import named
from integrations.provider_api import LAST_KNOWN, Fields, Json, Sent, value_of


def shown(
    pair: Counterparts,
    evidence: Evidence,
    notes: Json,
    names: Mapping[str, str],
    sent: Sent | None,
    current: Json,
) -> Fields:
    """What calls have set; of those without an answer, what the object shows of them: it has ``current``.

    ``names``: the new ones of parts made anew. ``sent``: by the call of which this is the answer, if it is
    one. Raises Retry where another value is seen of a field whose call may have been carried out before.
    """
    theirs = pair.mergeable.fields(current)
    if sent is None:
        calls = _unanswered(pair, evidence, notes, names, theirs)
    else:
        calls = named(sent.values(), names)
        if sent.is_certain:
            return calls
    return {name: after for name, after in calls.items() if value_of(theirs, name) == after}


def _unanswered(
    pair: Counterparts, evidence: Evidence, notes: Json, names: Mapping[str, str], theirs: Fields
) -> Fields:
    if LAST_KNOWN not in notes:
        return {}
    calls = named(evidence.unanswered(), names)
    for name in sorted(calls):
        # Also where it shows what was known before the call: it may have been set back since.
        if calls[name] != value_of(theirs, name):
            evidence.wait_for_answer(name)
    return calls


def news(notes: Json, values: Fields) -> frozenset[str]:
    """Those that calls have set, without what their events have told before the answers came."""
    noted = notes.get(SET, {})
    return frozenset(name for name, after in values.items() if name not in noted or noted[name] != after)


def note(pair: Counterparts, notes: Json, sent: Sent) -> None:
    """Notes that a call was carried out whose answer may be older than what was observed since."""
    known = {**(bases.known(notes, pair.mergeable) or {}), **notes.get(UNDECIDED, {})}
    set_now = {
        name: after
        for name, after in sent.values().items()
        if sent.is_certain and value_of(known, name) == sent.changes[name][0]
    }
    conflicts.close(pair.names, pair.touched(notes.get(OPEN, ()), set_now), by="a later change")
    pair.annotate(bases.after_call(notes, pair.mergeable, set_now))
