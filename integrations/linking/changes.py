"""Links, relinks and unlinks by hand: the object is read first, then all is checked and written at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction
from django.utils import timezone

from billing.events import Kind
from billing.persistence import expected_versions
from integrations.db import advisory_locks
from integrations.errors import SyncError
from integrations.gateway.slots import waits
from integrations.inbox import observations
from integrations.linking import base, belongings, demands, dependents, objects, pairs, previews, waiting
from integrations.linking.pairs import Deed, Pair
from integrations.linking.previews import Preview
from integrations.mappings import by_hand
from integrations.models import EntityMapping, MappingChange
from integrations.models.mapping_changes import MappingAction
from integrations.outbox import obstacles, syncs
from integrations.provider_api import Comparison, Json, registry

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Plan:
    """A link or relink that was looked at. ``before``: the pair until then, None for a new link."""

    pair: Pair
    before: Pair | None
    mapping: EntityMapping
    provider_object: Json
    found: Comparison
    asked_at: datetime

    def changed(self) -> list[Pair]:
        """The pairs that the change is about."""
        return [self.pair, self.before] if self.before else [self.pair]


@waits
def plan(pair: Pair, mapping: EntityMapping | None = None) -> Plan:
    """Looks at the pair; ``mapping``: the one that is to become it, None for a new one.

    Raises Invalid, Outdated or Conflict, which say what is wrong, Retry or Rejected as the provider says.
    """
    if mapping is not None:
        expected_versions.check(mapping)
    how, before = pairs.linkable(pair.connection, pair.kind), pairs.of_mapping(mapping) if mapping else None
    pairs.require_working(pair.connection)
    pairs.require_row(pair)
    wanted = _wanted(pair, mapping)
    with transaction.atomic():
        by_hand.refuse_linked(wanted)
    asked_at = timezone.now()
    provider_object = objects.existing(pair, how)
    found = previews.compared(pair, how, provider_object)
    demands.refuse_second(pair, found)
    if before is not None:
        demands.refuse_loss(before, pair)
    planned = Plan(pair, before, wanted, provider_object, found, asked_at)
    demands.refuse_under_way(planned.changed(), asked_at)
    return planned


def made_before(pair: Pair) -> EntityMapping | None:
    """The mapping of the pair where it is linked already, None while its object is gone or it is none."""
    found = EntityMapping.objects.filter(connection=pair.connection, entity_type=pair.kind)
    return found.filter(
        entity_id=pair.entity_id, provider_entity_id=pair.provider_id, gone_at__isnull=True
    ).first()


def preview(plan: Plan) -> Preview:
    """Both sides, and what follows; changes nothing."""
    how = pairs.linkable(plan.pair.connection, plan.pair.kind)
    sides = base.sides(plan.pair, plan.found)
    warned = [*previews.warnings(plan.pair, how, plan.provider_object, sides)]
    warned += dependents.warnings(plan.before) if plan.before else []
    return Preview(
        plan.pair, previews.fields(sides, plan.found), tuple(warned), waiting.found(plan.changed())
    )


@waits
def make(plan: Plan, deed: Deed, now: datetime) -> EntityMapping:
    """The mapping; what waited for it goes on. Raises Conflict for what has changed since the look."""
    with transaction.atomic():
        lock(plan.changed())
        if plan.before is not None:
            check_seen(plan.mapping.pk)
            belongings.forget(plan.before)
        belongings.take(plan.pair, plan.found)
        by_hand.refuse_linked(plan.mapping)
        demands.refuse_under_way(plan.changed(), now)
        if plan.before is not None:
            _end(plan.mapping.pk, plan.before, now)
        made = by_hand.write(plan.mapping)
        base.begin(plan.pair, made, plan.found, plan.asked_at)
        demands.assign(plan.pair, plan.found)
        record(made.pk, plan.pair, plan.before, deed)
        waiting.go_on(plan.changed(), now)
        _send(plan.pair, deed)
    _observe(plan)
    return made


@waits
def plan_unlink(mapping: EntityMapping) -> Preview:
    """What an unlink would leave; raises as it does."""
    expected_versions.check(mapping)
    pair = pairs.of_mapping(mapping)
    demands.refuse_loss(pair, None)
    demands.refuse_under_way([pair], timezone.now())
    return Preview(pair, (), tuple(dependents.warnings(pair)), waiting.found([pair]))


@waits
def unlink(mapping: EntityMapping, deed: Deed, now: datetime) -> None:
    """Ends the pair: both keep what they have, and hear of each other no more.

    Raises Outdated, and Conflict where money could be asked for twice then, or the row is being sent.
    """
    expected_versions.check(mapping)
    pair = pairs.of_mapping(mapping)
    demands.refuse_loss(pair, None)
    with transaction.atomic():
        lock([pair])
        check_seen(mapping.pk)
        belongings.forget(pair)
        demands.refuse_under_way([pair], now)
        _end(mapping.pk, pair, now)
        record(mapping.pk, pair, None, deed, MappingAction.UNLINKED)
        waiting.go_on([pair], now)


def _wanted(pair: Pair, mapping: EntityMapping | None) -> EntityMapping:
    wanted = EntityMapping(
        connection=pair.connection,
        entity_type=pair.kind,
        entity_id=pair.entity_id,
        provider_entity_id=pair.provider_id,
    )
    wanted.pk = mapping.pk if mapping else wanted.pk
    return wanted


def lock(changed: Sequence[Pair]) -> None:
    """No event of the objects is applied meanwhile, and no push creates counterparts of the rows."""
    connection_id = changed[0].connection.pk
    for provider_id in sorted({one.provider_id for one in changed}):
        advisory_locks.lock(connection_id, provider_id)
    for entity_id in sorted({one.entity_id for one in changed}):
        advisory_locks.lock(connection_id, changed[0].kind, entity_id)


def check_seen(mapping_id: str) -> None:
    """Raises Outdated where the caller has seen another pair; call it after ``lock``."""
    for mapping in EntityMapping.objects.select_for_update().filter(pk=mapping_id):
        expected_versions.check(mapping)


def _end(mapping_id: str, pair: Pair, now: datetime) -> None:
    by_hand.end(mapping_id, pair.entity_id, pair.provider_id)
    obstacles.forget_counterpart(pair.connection.pk, pair.kind, pair.entity_id, pair.provider_id, now)


def record(
    mapping_id: str, pair: Pair, before: Pair | None, deed: Deed, action: MappingAction | None = None
) -> None:
    """Keeps who did it, and why."""
    MappingChange.objects.create(
        connection=pair.connection,
        mapping_id=mapping_id,
        action=action or (MappingAction.RELINKED if before else MappingAction.LINKED),
        entity_type=pair.kind,
        entity_id=pair.entity_id,
        provider_entity_id=pair.provider_id,
        before_entity_id=before.entity_id if before else "",
        before_provider_entity_id=before.provider_id if before else "",
        done_by=deed.done_by,
        reason=deed.reason,
        metadata=dict(deed.metadata),
    )


def _send(pair: Pair, deed: Deed) -> None:
    """Lets a push tell the object of an invoice what was paid and credited here before."""
    if pair.kind == Kind.INVOICE and registry.push(pair.connection.provider, pair.kind).wanted(
        pair.entity_id
    ):
        syncs.request(
            connection_id=pair.connection.pk,
            kind=pair.kind,
            entity_id=pair.entity_id,
            started_by=deed.done_by,
        )


def _observe(plan: Plan) -> None:
    """Applies what else the object shows, such as money; where that fails, its next event or push does it."""
    try:
        observations.observe(
            plan.pair.connection, plan.pair.kind, plan.provider_object, asked_at=plan.asked_at
        )
    except SyncError as failure:
        log.warning("link_not_observed", mapping_id=plan.mapping.pk, reason=str(failure))
