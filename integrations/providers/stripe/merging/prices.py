"""Prices, as both sides edit them: their texts, and whether they can be bought."""

from typing import Any

from billing.events import Kind
from billing.models import Price
from billing.models.base import Status
from billing.services.catalog import plans
from billing.services.find import find
from integrations.provider_api import Fields, Json, Mergeable, Place
from integrations.providers.stripe.merging.put import changes
from integrations.providers.stripe.merging.replaced import replaced
from integrations.providers.stripe.merging.synced import Synced
from integrations.providers.stripe.translate import metadata, price_params, unheld, unsendable
from integrations.providers.stripe.translate import prices as translate

_COLUMNS = {"nickname": "description", "lookup_key": "lookup_key"}
_EMPTY: dict[str, Any] = {"nickname": "", "lookup_key": "", "active": False}


def _desired(place: Place, price_id: str) -> Json:
    price = find(Price, place.environment_id, [price_id])[price_id]
    active = price.status == Status.ACTIVE
    return price_params.update_params(plans.price_facts(price), price_id, place.environment_id, active=active)


def _put(place: Place, entity_id: str, values: Fields, *, origin: str | None) -> None:
    price = find(Price, place.environment_id, [entity_id])[entity_id]
    plans.update_price(
        environment_id=place.environment_id,
        price_id=entity_id,
        changes=changes(values, _COLUMNS, translate.changes, price.metadata),
        active=values.get("active"),
        origin=origin,
    )


PRICE = Synced(
    kind=Kind.PRICE,
    retrieve="prices.retrieve",
    expand=translate.EXPANDABLE,
    update="prices.update",
    call_fields=price_params.call_fields,
    call_params=price_params.call_params,
    mergeable=Mergeable(
        desired=_desired,
        put=_put,
        replaced=lambda payload: replaced(payload, {}, _EMPTY),
        current=lambda payload: price_params.current_params(payload["data"]["object"]),
        made=lambda params, _current: price_params.current_params(params),
        is_reserved=metadata.is_mark_field,
        column=lambda field: {**_COLUMNS, "active": "status"}.get(field, field),
        unheld=unheld.OF_PRICE,
        unsendable=unsendable.OF_PRICE,
    ),
)
