"""Whether a repair has helped: asked once all that it led to has ended."""

from collections.abc import Callable, Mapping

from django.utils import timezone

from billing.services import row_endings
from integrations.errors import Rejected, Retry
from integrations.models import FindingRepair
from integrations.models.findings import FindingKind, Repair
from integrations.models.mappings import GoneChoice
from integrations.models.outbound import OPEN_STATES, Priority, SyncState
from integrations.provider_api import Json
from integrations.reconcile.repairing import healing, looks
from integrations.reconcile.repairing.subjects import Subject

STOPPED = (SyncState.BLOCKED, SyncState.DEAD, SyncState.CANCELLED)
SENDING = "The row is being sent."
UNCHANGED = (
    "Both sides still differ after that. It may follow from another finding, which is to be repaired first; otherwise"
    " correct the side that is wrong, or accept it."
)


class StillDiffers(Rejected):
    """The repair was carried out, and has not helped: another one may have to be carried out first."""


def check(repair: FindingRepair, subject: Subject, shown: Json | None = None) -> None:
    """Heals the finding where both sides are equal by now; ``shown``: the object as it is now, if known.

    Raises Retry while the row is being sent, Rejected where it could not be, StillDiffers where that did not
    help.
    """
    if not _HAS_HELPED[FindingKind(subject.finding.kind)](repair, subject, shown):
        return
    if repair.repair != Repair.ACCEPT:
        healing.heal(subject, timezone.now())


def _wait(repair: FindingRepair, subject: Subject) -> None:
    if subject.syncs().filter(state__in=OPEN_STATES).exists():
        raise Retry(SENDING)
    last = subject.syncs().filter(settled_at__gte=repair.created_at).first()
    if last is not None and last.state in STOPPED:
        raise Rejected(f"The push {last.pk} is {last.state}: {last.last_error}".rstrip(": "))


def _is_equal(repair: FindingRepair, subject: Subject, shown: Json | None) -> bool:
    if shown is None:
        _wait(repair, subject)
        shown = looks.look(subject, Priority(repair.priority)).shown
    if shown is None:
        raise Rejected(f"{subject.provider.label} has it no more.")
    left = healing.follow(subject, looks.differences(subject, shown), timezone.now())
    if left is None:
        return True
    if left.suggested == repair.repair:
        raise StillDiffers(UNCHANGED)
    raise StillDiffers(f"Both sides still differ: {left.why}")


def _is_there(repair: FindingRepair, subject: Subject, _shown: Json | None) -> bool:
    _wait(repair, subject)
    if subject.mapping_of_row() is None:
        raise Rejected("The push has made nothing of it there.")
    return True


def _is_here(_repair: FindingRepair, subject: Subject, _shown: Json | None) -> bool:
    if subject.entity_id_there() is None:
        raise Rejected("Nothing of it could be brought here.")
    return True


def _is_settled(repair: FindingRepair, subject: Subject, _shown: Json | None) -> bool:
    if repair.repair == Repair.TAKE:
        return row_endings.has_ended(subject.kind, subject.finding.entity_id)
    mapping = subject.mapping_of_row()
    if repair.repair == Repair.ACCEPT:
        return mapping is not None and mapping.gone_choice == GoneChoice.LEAVE
    _wait(repair, subject)
    if mapping is None or mapping.provider_entity_id == subject.finding.provider_entity_id:
        raise Rejected("The push has made no other object.")
    return True


_HAS_HELPED: Mapping[FindingKind, Callable[[FindingRepair, Subject, Json | None], bool]] = {
    FindingKind.DIFFERS: _is_equal,
    FindingKind.ONLY_THERE: _is_here,
    FindingKind.ONLY_HERE: _is_there,
    FindingKind.GONE: _is_settled,
}
