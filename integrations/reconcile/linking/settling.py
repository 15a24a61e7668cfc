"""The end of the decisions: the import goes on, and so does what has waited for them."""

from datetime import datetime

from django.db import transaction

from billing.errors import Conflict
from integrations.inbox import processing
from integrations.models import ImportRun, InboundEvent, OutboundSync
from integrations.models.imports import ImportState, LinkingState
from integrations.models.inbound import InboundState
from integrations.models.link_candidates import LinkChoice
from integrations.models.outbound import OPEN_STATES
from integrations.reconcile.linking import decisions


def settle(run: ImportRun, now: datetime, *, rest_apart: bool = False, by: str = "") -> None:
    """Lets the import go on with what was decided; raises Conflict while something is undecided.

    ``rest_apart``: what is undecided gets rows of its own.
    """
    with transaction.atomic():
        decisions.require_open(run)
        if rest_apart:
            decisions.decide(decisions.undecided(run), LinkChoice.APART, by=by, now=now)
        if left := decisions.undecided(run).count():
            raise Conflict(f"{left} candidates are undecided.", code="links_undecided")
        close(run, LinkingState.SETTLED)
        go_on(run, now)


def close(run: ImportRun, linking: str) -> None:
    """The import goes on: with the candidates, or with none where ``linking`` is ""."""
    state = ImportState.RUNNING if run.state == ImportState.LINKING else run.state
    ImportRun.objects.filter(pk=run.pk).update(linking=linking, state=state)
    run.linking, run.state = linking, state


def go_on(run: ImportRun, now: datetime) -> None:
    """What has waited for the decisions is tried again."""
    events = InboundEvent.objects.filter(
        connection_id=run.connection_id,
        state__in=(InboundState.PENDING, InboundState.DEAD),
        reason__contains=run.pk,
    )
    processing.replay(list(events.values_list("pk", flat=True)), now)
    waiting = OutboundSync.objects.filter(connection_id=run.connection_id, state__in=OPEN_STATES)
    waiting.filter(last_error__contains=run.pk).update(next_attempt_at=now, nudged_at=None)
