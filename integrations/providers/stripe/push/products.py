"""Brings the product of a plan to Stripe, and keeps it up to date."""

from billing.events import Kind
from billing.models import Plan
from billing.models.base import Status
from billing.services.catalog import plans
from integrations.provider_api import Json, Outbound
from integrations.providers.stripe.push import notes
from integrations.providers.stripe.translate import products as translate


def ensure(outbound: Outbound, plan_id: str) -> str:
    """Stripe's id of the plan's product, made there if need be; the plan's own pushes keep it up to date."""
    theirs = outbound.provider_id_of(Kind.PLAN, plan_id)
    if theirs is not None:
        return theirs
    plan = Plan.objects.get(pk=plan_id, environment_id=outbound.environment_id)
    return create(outbound, plan, f"product-{plan_id}")


def create(outbound: Outbound, plan: Plan, step: str) -> str:
    wanted = _wanted(plan)
    answer = outbound.once(
        step,
        "products.create",
        translate.create_params(wanted),
        link=(Kind.PLAN, plan.pk),
        annotate=lambda answer: notes.sent(translate.current_params(answer, wanted)),
    )
    return str(answer["id"])


def update(outbound: Outbound, plan: Plan, theirs: str) -> None:
    """Tells what changed of the product, also whether its plan is archived."""
    wanted = _wanted(plan)
    step = notes.step("update", wanted)
    news = notes.news(outbound, (Kind.PLAN, plan.pk), wanted, step)
    if not news:
        outbound.skip("update", "Stripe was told this already.")
        return
    outbound.once(
        step,
        "products.update",
        news,
        target=theirs,
        annotate=lambda answer: notes.sent(translate.current_params(answer, wanted)),
    )


def _wanted(plan: Plan) -> Json:
    active = plan.status == Status.ACTIVE
    return translate.update_params(plans.facts(plan), plan.pk, plan.environment_id, active=active)
