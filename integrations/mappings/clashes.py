"""Settles what both sides have changed: whose value stays, and that it is written down."""

from collections.abc import Set as AbstractSet
from dataclasses import replace

from integrations.mappings import conflicts, own_changes
from integrations.mappings.bases import UNDECIDED
from integrations.mappings.compared import Compared
from integrations.mappings.conflicts import Clash
from integrations.mappings.counterparts import Counterparts
from integrations.mappings.evidence import Evidence
from integrations.mappings.outcomes import Outcome
from integrations.models.connections import Owner
from integrations.provider_api import Place


def settle(
    pair: Counterparts, evidence: Evidence, found: Compared, here: Place, unclear: AbstractSet[str]
) -> Outcome:
    """``unclear``: what a call may have set before the other side changed it: its event tells."""
    outcome = Outcome()
    for name in sorted(found.changes.both):
        owner = found.decided.get(name) or pair.connection.owner_of(pair.kind)
        clash = _clash(pair, evidence, found, name, owner, here)
        if clash is None or name in unclear:
            outcome = replace(outcome, undecided=outcome.undecided | {name})
        else:
            outcome = outcome.with_winner(conflicts.record(pair.names, owner, clash).winner, name)
    return outcome


def _clash(
    pair: Counterparts, evidence: Evidence, found: Compared, name: str, owner: Owner, here: Place
) -> Clash | None:
    """The conflict about a field; None where the event that tells the time there is yet to come."""
    ours, theirs, is_part = found.ours.get(name), found.theirs.get(name), pair.is_part(name)
    if found.base.theirs is None:
        return Clash(name, ours, theirs, None, None, is_part)
    is_timed = name not in found.decided
    ours_at = own_changes.changed_at(pair.mergeable, here, pair.kind, pair.entity_id, name)
    theirs_at = evidence.changed_at(name, theirs) if is_timed else None
    needs_time = is_timed and (owner is Owner.NEWEST or name in pair.notes.get(UNDECIDED, {}))
    if needs_time and theirs_at is None:
        return None
    return Clash(name, ours, theirs, ours_at, theirs_at, is_part)
