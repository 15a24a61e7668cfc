"""Plans, which are Stripe's products, as both sides edit them."""

from typing import Any

from billing.events import Kind
from billing.models import Plan
from billing.models.base import Status
from billing.services.catalog import plans
from billing.services.find import find
from integrations.provider_api import Fields, Json, Mergeable, Place
from integrations.providers.stripe.merging.put import changes
from integrations.providers.stripe.merging.replaced import replaced
from integrations.providers.stripe.merging.synced import Synced
from integrations.providers.stripe.translate import metadata, unheld, unsendable
from integrations.providers.stripe.translate import products as translate

_COLUMNS = {"name": "name", "description": "description"}
_EMPTY: dict[str, Any] = {"name": "", "description": "", "active": False}


def _desired(place: Place, plan_id: str) -> Json:
    plan = find(Plan, place.environment_id, [plan_id])[plan_id]
    active = plan.status == Status.ACTIVE
    return translate.update_params(plans.facts(plan), plan_id, place.environment_id, active=active)


def _put(place: Place, entity_id: str, values: Fields, *, origin: str | None) -> None:
    plan = find(Plan, place.environment_id, [entity_id])[entity_id]

    plans.update(
        environment_id=place.environment_id,
        plan_id=entity_id,
        changes=changes(values, _COLUMNS, translate.changes, plan.metadata),
        active=values.get("active"),
        origin=origin,
    )


PLAN = Synced(
    kind=Kind.PLAN,
    retrieve="products.retrieve",
    update="products.update",
    call_fields=metadata.in_room,
    mergeable=Mergeable(
        desired=_desired,
        put=_put,
        replaced=lambda payload: replaced(payload, {}, _EMPTY),
        current=lambda payload: translate.current_params(payload["data"]["object"]),
        made=lambda params, _current: translate.current_params(params),
        is_reserved=metadata.is_mark_field,
        column=lambda field: "status" if field == "active" else field,
        unheld=unheld.OF_PRODUCT,
        unsendable=unsendable.of_metadata,
    ),
)
