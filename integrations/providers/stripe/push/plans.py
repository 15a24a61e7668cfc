"""Brings a plan to Stripe: a product, and each of its prices."""

from billing.events import Kind
from billing.models import Plan
from billing.models.base import Status
from integrations.errors import Gone
from integrations.provider_api import Outbound
from integrations.providers.stripe.push import prices, products
from integrations.providers.stripe.translate.errors import Untranslatable


def push(outbound: Outbound) -> None:
    """Brings the plan and its prices up to date; a plan archived before it was sent is not created there."""
    plan = Plan.objects.get(pk=outbound.entity_id, environment_id=outbound.environment_id)
    product_id = outbound.provider_id_of(Kind.PLAN, plan.pk)
    if product_id is not None:
        products.update(outbound, plan)
    elif plan.status == Status.ARCHIVED:
        outbound.skip("archive", "The plan was archived before it was ever sent to Stripe.")
        return
    else:
        product_id = products.create(outbound, plan, "create")
    for price in plan.prices.order_by("pk"):
        try:
            prices.create_or_update(outbound, price, product_id)
        except (Untranslatable, Gone) as refusal:
            # The price's own push reports this in full; the plan's other prices need not wait for it.
            outbound.skip(f"price-{price.pk}", str(refusal))
