"""Looks again at what differed, once what was under way has arrived: what still differs is a finding."""

from collections.abc import Callable, Iterator

from django.db import transaction
from django.utils import timezone

from integrations.errors import Retry
from integrations.models import ComparisonPart, ComparisonRun, InboundEvent
from integrations.models.comparison_parts import ComparisonStep
from integrations.models.inbound import InboundState
from integrations.provider_api import Comparable
from integrations.reconcile.comparing import belongings, findings, hindrances, one_sided, parts, suspicions
from integrations.reconcile.comparing.quiet import Quiet, named_by_events
from integrations.reconcile.comparing.suspicions import Step
from integrations.reconcile.paging import leases

# More events than these have to be applied first: nothing that they name could be believed.
MOST_WAITING = 2000
# Each step's look, and the step after it.
_STEPS: dict[str, tuple[Callable[[ComparisonRun, ComparisonPart, Comparable], Step], ComparisonStep]] = {
    ComparisonStep.DIFFERING: (suspicions.differing, ComparisonStep.UNLISTED),
    ComparisonStep.UNLISTED: (one_sided.unlisted, ComparisonStep.UNMAPPED),
    ComparisonStep.UNMAPPED: (one_sided.unmapped, ComparisonStep.DONE),
}


def settle(run: ComparisonRun) -> Iterator[ComparisonPart]:
    """Goes through all lists, some entities in one transaction; raises LeaseLost, or Retry."""
    named, comparables = _named(run), parts.comparables(run.connection)
    for part in run.parts.exclude(step=ComparisonStep.DONE):
        while part.step != ComparisonStep.DONE:
            comparable = comparables[part.name]
            _look(run, part, comparable, Quiet(run.connection, comparable.kind, named))
            yield part


def _named(run: ComparisonRun) -> frozenset[str]:
    waiting = InboundEvent.objects.filter(connection=run.connection, state=InboundState.PENDING)
    if (count := waiting.count()) > MOST_WAITING:
        raise Retry(f"Events wait to be applied ({count}): what differs is looked at again after that.")
    return named_by_events(run.connection)


def _look(run: ComparisonRun, part: ComparisonPart, comparable: Comparable, quiet: Quiet) -> None:
    look, after = _STEPS[part.step]
    step = look(run, part, comparable)
    at_rest = quiet.of([one.looked for one in step.suspicions])
    believed = [one for one, is_quiet in zip(step.suspicions, at_rest, strict=True) if is_quiet]
    moving = [one.difference for one, is_quiet in zip(step.suspicions, at_rest, strict=True) if not is_quiet]
    waiting = belongings.told(run.connection_id, [one.difference for one in believed])
    told = hindrances.named(run.connection, waiting)
    now = timezone.now()
    with transaction.atomic():
        leases.extend(run, now)
        findings.record(run, part, list(zip(told, (one.asked_at for one in believed), strict=True)), now)
        findings.hold(run, part, moving)
        parts.go_on(part, step.cursor, len(believed), None if step.cursor else after)
