"""Products: Stripe's product to billing's plan, and back."""

from typing import Any

from billing import texts
from billing.facts import PlanFacts
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.fields import Json, text_that_fits


def plan_facts(product: Json) -> PlanFacts:
    """What Stripe's product says about a new plan, whose name is the id where no other can be held."""
    found = changes(product)
    return PlanFacts(**{**found, "name": found.get("name") or str(product["id"])})


def changes(product: Json) -> dict[str, Any]:
    """What Stripe's product says, by the names of PlanFacts, without what cannot be held here."""
    read = {"name": texts.LONGEST, "description": texts.LONGEST_DESCRIPTION}
    found = {name: text_that_fits(product, name, longest) for name, longest in read.items()}
    return {name: text for name, text in found.items() if text is not None} | {
        "metadata": metadata.custom(product)
    }


def update_params(facts: PlanFacts, plan_id: str, environment_id: str, *, active: bool) -> dict[str, Any]:
    """The parameters of POST /v1/products/{id}: all fields, because an empty text clears one at Stripe."""
    reserved = {
        metadata.PLAN_ID: plan_id,
        metadata.ENVIRONMENT: environment_id,
        **metadata.SOURCE_IS_FLEXSYNC,
    }
    return {
        "name": facts.name,
        "description": facts.description,
        "active": active,
        "metadata": metadata.desired(reserved, facts.metadata),
    }


def create_params(desired: Json) -> dict[str, Any]:
    """The parameters of POST /v1/products; what is empty is left out."""
    found = {name: value for name, value in desired.items() if value != ""}
    return found | {"metadata": metadata.created(desired["metadata"])}


def current_params(product: Json) -> dict[str, Any]:
    """Stripe's product by the names of ``update_params``."""
    return {
        "name": product.get("name") or "",
        "description": product.get("description") or "",
        "active": product.get("active") is not False,
        "metadata": metadata.of(product),
    }
