"""Creates, changes and archives plans; prices have their own module, and can be called from here too."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from billing.events import Kind
from billing.facts import PlanFacts
from billing.models import Plan
from billing.models.base import Status, status_of
from billing.persistence import rows
from billing.persistence.unit_of_work import atomic
from billing.services.catalog.prices import (
    archive_price,
    create_price,
    price_facts,
    restore_price,
    update_price,
)

__all__ = [
    "archive",
    "archive_price",
    "create",
    "create_price",
    "facts",
    "price_facts",
    "restore",
    "restore_price",
    "update",
    "update_price",
]
CHANGEABLE = frozenset(field.name for field in fields(PlanFacts))


@atomic
def create(*, environment_id: str, facts: PlanFacts, active: bool = True, origin: str | None = None) -> Plan:
    """A new plan; raises Invalid, or Conflict when an active one has its lookup_key."""
    plan = Plan(environment_id=environment_id, status=status_of(active), **rows.values(facts))
    rows.insert(plan, Kind.PLAN, origin)
    return plan


@atomic
def update(
    *,
    environment_id: str,
    plan_id: str,
    changes: Mapping[str, Any],
    active: bool | None = None,
    origin: str | None = None,
) -> Plan:
    """The plan with ``changes`` (names as in PlanFacts), archived or restored if ``active`` says so.

    Raises NotFound, Invalid or Conflict.
    """
    plan = rows.locked(Plan, environment_id, plan_id)
    changed = rows.change(plan, changes, allowed=CHANGEABLE)
    if active is not None:
        changed += rows.set_status(plan, status_of(active))
    rows.save(plan, changed, Kind.PLAN, origin)
    return plan


@atomic
def archive(*, environment_id: str, plan_id: str, origin: str | None = None) -> Plan:
    """The plan, archived: its prices can no longer be subscribed to; raises NotFound."""
    plan = rows.locked(Plan, environment_id, plan_id)
    rows.save(plan, rows.set_status(plan, Status.ARCHIVED), Kind.PLAN, origin)
    return plan


@atomic
def restore(*, environment_id: str, plan_id: str, origin: str | None = None) -> Plan:
    """The plan, active again; raises NotFound, or Conflict when its lookup_key was taken meanwhile."""
    plan = rows.locked(Plan, environment_id, plan_id)
    rows.save(plan, rows.set_status(plan, Status.ACTIVE), Kind.PLAN, origin)
    return plan


def facts(plan: Plan) -> PlanFacts:
    """What is known of the plan."""
    return rows.read(PlanFacts, plan)
