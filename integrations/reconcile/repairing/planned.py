"""The calls that a push of a finding makes, as far as they are known before it."""

from collections.abc import Sequence

from integrations.db.rollback import rolled_back
from integrations.mappings.bases import APART, OPEN, SET, UNDECIDED
from integrations.models.findings import FindingKind, Repair
from integrations.models.outbound import Priority
from integrations.outbox import dry_run
from integrations.outbox.dry_run import PlannedCall
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
