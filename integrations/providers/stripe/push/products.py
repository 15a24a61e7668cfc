"""Brings the product of a plan to Stripe, and keeps it up to date."""

from billing.events import Kind
from billing.models import Plan
from billing.models.base import Status
from billing.services.catalog import plans
from integrations.provider_api import Json, Outbound
from integrations.providers.stripe.merging.plans import PLAN
from integrations.providers.stripe.push import last_known, updates
from integrations.providers.stripe.translate import products as translate


def ensure(outbound: Outbound, plan_id: str) -> str:
    """Stripe's id of the plan's product, created if need be; the plan's own pushes keep it up to date."""
    stripe_id = outbound.provider_id_of(Kind.PLAN, plan_id)
    if stripe_id is not None:
        return stripe_id
    plan = Plan.objects.get(pk=plan_id, environment_id=outbound.environment_id)
    return create(outbound, plan, f"product-{plan_id}")


def create(outbound: Outbound, plan: Plan, step: str) -> str:
    """Creates the product, and returns Stripe's id of it."""
    desired = _params(plan)
    params, left_out = updates.made(PLAN, desired, translate.create_params(desired))
    response = outbound.once(
        step,
        "products.create",
        params,
        link=(Kind.PLAN, plan.pk),
        annotate=lambda response: last_known.notes(translate.current_params(response)) | left_out,
    )
    return str(response["id"])


def update(outbound: Outbound, plan: Plan) -> None:
    """Sends what changed of the product, also whether its plan is archived."""
    updates.update(outbound, PLAN, plan.pk)


def _params(plan: Plan) -> Json:
    active = plan.status == Status.ACTIVE
    return translate.update_params(plans.facts(plan), plan.pk, plan.environment_id, active=active)
