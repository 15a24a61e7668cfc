"""Customers, as both sides edit them."""

from typing import Any

from django.utils import timezone

from billing.events import Kind
from billing.models import Customer
from billing.services.customers import customers, default_methods
from billing.services.find import find
from integrations.provider_api import Fields, Json, Mergeable, Place
from integrations.providers.stripe.merging.put import changes
from integrations.providers.stripe.merging.replaced import replaced
from integrations.providers.stripe.merging.synced import Synced
from integrations.providers.stripe.translate import customers as translate
from integrations.providers.stripe.translate import metadata, unheld, unsendable
from integrations.providers.stripe.translate.fields import read_object

_COLUMNS = translate.COLUMNS | {
    f"metadata.{metadata.EXTERNAL_ID}": "external_id",
    translate.DEFAULT_METHOD: "default_payment_methods",
}
# What null stands for.
_EMPTY: dict[str, Any] = {"name": "", "email": "", "phone": "", "preferred_locales": []}


def _desired(place: Place, customer_id: str) -> Json:
    customer = find(Customer, place.environment_id, [customer_id])[customer_id]
    params = translate.update_params(customers.facts(customer), customer_id, place.environment_id)
    return params | {translate.DEFAULT_METHOD: default_methods.method_of(customer, place.connection_id)}


def _put(place: Place, entity_id: str, values: Fields, *, origin: str | None) -> None:
    customer = find(Customer, place.environment_id, [entity_id])[entity_id]
    found = changes(values, _COLUMNS, translate.changes, customer.metadata)
    customers.update(environment_id=place.environment_id, customer_id=entity_id, changes=found, origin=origin)
    if translate.DEFAULT_METHOD in values:
        default_methods.choose(
            environment_id=place.environment_id,
            customer_id=entity_id,
            connection_id=place.connection_id,
            method=values[translate.DEFAULT_METHOD] or "",
            at=timezone.now(),
            origin=origin,
        )


def _replaced(payload: Json) -> Fields:
    before = read_object(read_object(payload["data"], "previous_attributes"), "invoice_settings")
    method = (
        {translate.DEFAULT_METHOD: before[translate.DEFAULT_METHOD] or ""}
        if translate.DEFAULT_METHOD in before
        else {}
    )
    return {**replaced(payload, {"address": translate.ADDRESS_PARTS}, _EMPTY), **method}


CUSTOMER = Synced(
    kind=Kind.CUSTOMER,
    retrieve="customers.retrieve",
    update="customers.update",
    call_fields=translate.call_fields,
    call_params=translate.call_params,
    mergeable=Mergeable(
        desired=_desired,
        put=_put,
        replaced=_replaced,
        current=lambda payload: translate.current_params(payload["data"]["object"]),
        made=lambda params, _current: translate.made(params),
        is_reserved=lambda field: metadata.is_mark_field(field) and field not in _COLUMNS,
        column=lambda field: _COLUMNS.get(field, field),
        unheld=unheld.OF_CUSTOMER,
        unsendable=unsendable.of_customer,
        is_same=translate.is_same,
    ),
)
