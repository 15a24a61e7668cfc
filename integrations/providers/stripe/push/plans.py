"""Brings a plan to Stripe: a product, and each of its prices."""

from billing.events import Kind
from billing.models import Plan
from billing.models.base import Status
from integrations.provider_api import Outbound
from integrations.providers.stripe.push import prices, products
from integrations.providers.stripe.translate.errors import Untranslatable


def push(outbound: Outbound) -> None:
    """Brings the plan and its prices up to date; what was archived before it was ever there stays away."""
    plan = Plan.objects.get(pk=outbound.entity_id, environment_id=outbound.environment_id)
    theirs = outbound.provider_id_of(Kind.PLAN, plan.pk)
    if theirs is not None:
        products.update(outbound, plan, theirs)
    elif plan.status == Status.ARCHIVED:
        outbound.skip("archive", "It was archived before it was ever at Stripe.")
        return
    else:
        theirs = products.create(outbound, plan, "create")
    for price in plan.prices.order_by("pk"):
        try:
            prices.follow(outbound, price, theirs)
        except Untranslatable as refusal:
            # Said in full by the price's own push; the others need not wait for it.
            outbound.skip(f"price-{price.pk}", str(refusal))
