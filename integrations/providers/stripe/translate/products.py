"""Products: Stripe's product is billing's plan."""

from billing.facts import PlanFacts
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.shapes import Json, text_of


def plan_facts(product: Json) -> PlanFacts:
    """What Stripe's product asserts about a plan."""
    return PlanFacts(
        name=text_of(product, "name", 255) or str(product["id"]),
        description=str(product.get("description") or ""),
        metadata=metadata.not_ours(product),
    )
