"""The ways of a repair: what each kind of finding leads to."""

from collections.abc import Callable, Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from integrations.errors import Rejected
from integrations.linking import gone_choices
from integrations.linking.pairs import Deed
from integrations.models import FindingRepair
from integrations.models.finding_repairs import RepairState
from integrations.models.findings import FindingKind, Repair
from integrations.models.imports import ImportOutcome
from integrations.models.mappings import GoneChoice
from integrations.models.outbound import Priority
from integrations.provider_api import Json
from integrations.reconcile.importing import single
from integrations.reconcile.importing.batch import Objects
from integrations.reconcile.importing.results import Result
from integrations.reconcile.repairing import beside, healing, leases, lookalikes, looks
from integrations.reconcile.repairing.choosing import Choice, request
from integrations.reconcile.repairing.looks import Look
from integrations.reconcile.repairing.subjects import Subject

CHANGED = "Its values have changed since they were shown. Look at them again, then choose."
CHOICES = {
    Repair.PUSH: GoneChoice.CREATE_ANEW,
    Repair.TAKE: GoneChoice.ARCHIVE,
    Repair.ACCEPT: GoneChoice.LEAVE,
}


def go(repair: FindingRepair, subject: Subject) -> Json | None:
    """Does what was asked for, outside any transaction; returns the object, where that is still true.

    Raises Retry, Rejected, and billing's errors.
    """
    return _OF_KIND[FindingKind(subject.finding.kind)](repair, subject)


def _push_new(repair: FindingRepair, subject: Subject) -> None:
    if subject.has_counterpart():
        return healing.heal(subject, timezone.now())
    lookalikes.refuse(subject)
    return _push_row(repair, subject)


def _push_row(repair: FindingRepair, subject: Subject) -> None:
    beside.refuse_push(subject)
    with transaction.atomic():
        _begin(repair)
        request(subject, repair.asked_by, Priority(repair.priority))


def _take_object(repair: FindingRepair, subject: Subject) -> None:
    if subject.has_counterpart():
        return healing.heal(subject, timezone.now())
    look = looks.look(subject, Priority(repair.priority))
    if look.shown is None:
        return healing.heal(subject, timezone.now())
    lookalikes.refuse(subject, look.shown)
    _apply(repair, subject, look, look.shown, _refuse)
    return None


def _settle_gone(repair: FindingRepair, subject: Subject) -> None:
    """One that is there all the same is no finding any more."""
    if looks.look(subject, Priority(repair.priority)).shown is not None:
        return healing.heal(subject, timezone.now())
    choice = CHOICES[Repair(repair.repair)]
    if choice == GoneChoice.CREATE_ANEW:
        beside.refuse_push(subject)
    mapping = subject.mapping()
    # A worker that died may have done it.
    if mapping is not None and mapping.gone_choice != choice:
        reason = subject.finding.accepted_reason or f"Repair of {subject.finding.pk}."
        deed = Deed(repair.asked_by or "a repair", reason)
        gone_choices.resolve(mapping, choice, deed, timezone.now())
    elif choice == GoneChoice.CREATE_ANEW and subject.mapping_of_row() is None:
        # It was given up with what it belongs to, as a price with its plan.
        return _push_row(repair, subject)
    _begin(repair)
    return None


def _settle_difference(repair: FindingRepair, subject: Subject) -> Json | None:
    """What has changed since it was shown is not decided by what a person saw."""
    look = looks.look(subject, Priority(repair.priority))
    if look.shown is None:
        raise Rejected(f"{subject.provider.label} has it no more: choose what becomes of it.")
    before = subject.finding
    left = healing.follow(subject, looks.differences(subject, look.shown), timezone.now())
    if left is None:
        return look.shown
    if not healing.is_as_shown(before, left):
        raise Rejected(CHANGED)
    if subject.is_fact and repair.repair == Repair.PUSH:
        _push_row(repair, subject)
        return None
    _apply(repair, subject, look, look.shown, _settle(repair, subject, look.shown))
    return look.shown if repair.repair == Repair.TAKE else None


def _settle(repair: FindingRepair, subject: Subject, shown: Json) -> Callable[[Sequence[Result]], None]:
    if subject.is_fact:
        return _refuse
    by, priority = repair.asked_by, Priority(repair.priority)
    return Choice(subject, Repair(repair.repair), shown, by, priority).carry_out


def _apply(
    repair: FindingRepair,
    subject: Subject,
    look: Look,
    shown: Json,
    settle: Callable[[Sequence[Result]], None],
) -> None:
    """As an import applies it, with ``settle`` in the same transaction."""
    beside.refuse_take(subject, shown, Priority(repair.priority))
    listing = subject.listing
    assert listing is not None, "it was read by it"
    objects = Objects(subject.connection, listing, look.asked_at)

    def settled(results: Sequence[Result]) -> None:
        _begin(repair)
        settle(results)

    single.apply(objects, objects.event_of(shown), timezone.now(), settled, {})


def _refuse(results: Sequence[Result]) -> None:
    """Raises what kept an object from being applied."""
    for one in results:
        if one.outcome == ImportOutcome.REFUSED or (
            one.outcome == ImportOutcome.CONFLICTING and not one.entity_id
        ):
            raise Rejected(one.reason)


def _begin(repair: FindingRepair) -> None:
    leases.write(repair, timezone.now(), state=RepairState.UNDER_WAY)


_OF_KIND: Mapping[FindingKind, Callable[[FindingRepair, Subject], Json | None]] = {
    FindingKind.DIFFERS: _settle_difference,
    FindingKind.ONLY_THERE: _take_object,
    FindingKind.ONLY_HERE: _push_new,
    FindingKind.GONE: _settle_gone,
}
