"""The end of the decisions: the import goes on, and so does what has waited for them."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from billing.errors import Conflict
from integrations.inbox import processing
from integrations.mappings import link_choices
from integrations.mappings.link_choices import ROUNDS
from integrations.models import ImportPart, ImportRun, InboundEvent, LinkCandidate, OutboundSync
from integrations.models.imports import ImportState, LinkingState
from integrations.models.inbound import InboundState
from integrations.models.link_candidates import LinkChoice
from integrations.models.outbound import OPEN_STATES
from integrations.outbox import same_email
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
            raise Conflict(f"Candidates that are undecided: {left}.", code="links_undecided")
        close(run)
        if run.linking == LinkingState.SETTLED:
            go_on(run, now)


def waive(run: ImportRun, now: datetime) -> None:
    """Forgets the candidates that are asked for, and looks for no others; raises Conflict where none are."""
    with transaction.atomic():
        decisions.require_open(run)
        found = LinkCandidate.objects.filter(run=run)
        known = set(found.values_list("entity_type", flat=True))
        asked = [kinds for kinds in ROUNDS if known.intersection(kinds)][-1]
        found.filter(entity_type__in=asked).delete()
        unread(run).update(links_read=True)
        close(run)
        go_on(run, now)


def close(run: ImportRun) -> None:
    """A round is decided: the next is read, or the import goes on with all that was said."""
    run.linking = LinkingState.READING if unread(run).exists() else LinkingState.SETTLED
    if run.state == ImportState.LINKING:
        run.state = ImportState.RUNNING
    run.save(update_fields=["linking", "state"])


def unread(run: ImportRun) -> QuerySet[ImportPart]:
    """The lists that are still to be read for candidates."""
    return run.parts.filter(links_read=False)


def go_on(run: ImportRun, now: datetime) -> None:
    """What has waited for the decisions is tried again."""
    events = InboundEvent.objects.filter(
        connection_id=run.connection_id,
        state__in=(InboundState.PENDING, InboundState.DEAD),
        waits_for=link_choices.waits_for(run),
    )
    processing.replay(list(events.values_list("pk", flat=True)), now)
    waiting = OutboundSync.objects.filter(connection_id=run.connection_id, state__in=OPEN_STATES)
    waiting.filter(waits_for=link_choices.waits_for(run)).update(next_attempt_at=now, nudged_at=None)
    same_email.go_on(run.connection_id, now)
