"""What a repair does, as far as it is known before it: the calls of a push, the value that taking leaves."""

from collections.abc import Sequence
from typing import Any

from integrations.db.rollback import rolled_back
from integrations.mappings import bases
from integrations.mappings.bases import APART, OPEN, SET, UNDECIDED
from integrations.models.findings import FindingKind, Repair
from integrations.models.outbound import Priority
from integrations.outbox import dry_run
from integrations.outbox.dry_run import PlannedCall
from integrations.provider_api import value_of
from integrations.reconcile.repairing.choosing import Choice
from integrations.reconcile.repairing.subjects import Subject


def calls(subject: Subject) -> Sequence[PlannedCall]:
    """Changes nothing; raises what the push would."""
    if subject.finding.kind == FindingKind.GONE:
        return ()
    with rolled_back():
        if subject.finding.kind == FindingKind.DIFFERS and not subject.is_fact:
            _know(subject)
            Choice(subject, Repair.PUSH, {}, "", Priority.PERSON).carry_out(())
        return dry_run.plan(subject.connection, subject.kind, subject.finding.entity_id)


def taken(subject: Subject) -> Any:
    """The row's value once it has taken the provider's: another one where it cannot hold that.

    Changes nothing; raises BillingError where the row refuses it.
    """
    finding, mergeable, mapping = subject.finding, subject.mergeable, subject.mapping()
    is_held = mergeable is None or mapping is None or not mergeable.unheld(finding.field, finding.theirs)
    if subject.is_fact or is_held:
        return finding.theirs
    assert mergeable is not None and mapping is not None
    place = bases.place_of(subject.connection, mapping.metadata)
    with rolled_back():
        mergeable.put(place, finding.entity_id, {finding.field: finding.theirs}, origin=None)
        return value_of(mergeable.fields(mergeable.desired(place, finding.entity_id)), finding.field)


def _know(subject: Subject) -> None:
    """Notes what the provider has of the field, as the look of the repair would."""
    mapping, name = subject.mapping(), subject.finding.field
    if mapping is None:
        return
    notes = mapping.metadata
    left = {key: {**notes.get(key, {})} for key in (APART, UNDECIDED)}
    for values in left.values():
        values.pop(name, None)
    known = {**notes.get(SET, {}), name: subject.finding.theirs}
    is_open = [one for one in notes.get(OPEN, ()) if one != name]
    mapping.metadata = {**notes, **left, SET: known, OPEN: is_open}
    mapping.save(update_fields=["metadata"])
