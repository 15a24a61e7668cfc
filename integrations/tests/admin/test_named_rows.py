"""Lists and pages name rows as people call them, and say values as people read them."""

from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Customer, Subscription
from billing.tests.admin.pages import page
from billing.tests.factories import CustomerFactory, PriceFactory, SubscriptionFactory
from integrations.admin import conflict_columns
from integrations.models import Conflict, EntityMapping, InboundEvent, MappingChange, OutboundSync


def html(response: Any) -> str:
    """The page's HTML, with its signs as they are."""
    return unescape(response.content.decode())


@pytest.fixture
def conflict(sync: OutboundSync) -> Conflict:
    """An open conflict about which no times are known."""
    row = {"connection": sync.connection, "entity_type": sync.entity_type, "entity_id": sync.entity_id}
    values = {"field": "preferred_locales", "ours": ["de"], "theirs": ["de", "fr"], "rule": "newest"}
    return Conflict.objects.create(**row, **values, provider_entity_id="peo_1")


@pytest.mark.parametrize("model", [Conflict, EntityMapping, MappingChange, OutboundSync])
def test_lists_name_their_rows(operator: Client, conflict: Conflict, model: Any) -> None:
    Customer.objects.update(name="Ada & Sons")
    pair = {"entity_type": conflict.entity_type, "entity_id": conflict.entity_id}
    MappingChange.objects.create(connection=conflict.connection, mapping_id="map_1", action="linked", **pair)
    assert "Customer Ada &amp; Sons</a>" in operator.get(page(model, "changelist")).content.decode()


def test_a_row_that_is_gone_has_the_end_of_its_id(operator: Client, conflict: Conflict) -> None:
    Conflict.objects.update(entity_id="cust_01JD0000000000000GONE0001")
    assert "Customer …GONE0001</a>" in operator.get(page(Conflict, "changelist")).content.decode()


def test_an_item_is_named_after_its_price(operator: Client, conflict: Conflict) -> None:
    connection = conflict.connection
    price = PriceFactory(environment=connection.environment)
    row = SubscriptionFactory(environment=connection.environment, price=price)
    for kind, entity_id, notes in (
        ("price", price.pk, {}),
        ("subscription", row.pk, {"held": {"items": [{"id": "si_1", "price": "rate_price"}]}}),
    ):
        EntityMapping.objects.create(
            connection=connection,
            entity_type=kind,
            entity_id=entity_id,
            provider_entity_id=f"rate_{kind}",
            metadata=notes,
        )
    place = {"connection": connection, "entity_type": "subscription", "entity_id": row.pk, "rule": "newest"}
    Conflict.objects.create(**place, field="items.si_1.quantity", ours=2, theirs=3)
    Conflict.objects.create(**place, field="items.si_2", ours=None, theirs={"price": "rate_price"})
    Conflict.objects.create(**place, field="items.si_3.quantity", ours=2, theirs=3)
    for address in (page(Conflict, "changelist"), page(Subscription, "change", row.pk)):
        shown = html(operator.get(address))
        assert f"quantity of {price}<" in shown and f"item of {price}<" in shown
        assert "quantity of si_3<" in shown and "items.si_" not in shown


def test_values_are_no_code(conflict: Conflict) -> None:
    assert [conflict_columns.shown(value) for value in (["de", "fr"], [], None, {"a": 1})] == [
        "de, fr", "-", "-", '{"a": 1}',
    ]  # fmt: skip


def test_what_is_not_known_is_not_said_to_be_equal(conflict: Conflict) -> None:
    assert conflict_columns.decided(conflict).endswith("and it is not known when each was set.")
    conflict.ours_at = conflict.theirs_at = timezone.now()
    assert conflict_columns.decided(conflict).endswith("and the two are as new as each other.")


def test_only_kinds_that_can_be_linked_are_offered(operator: Client, sync: OutboundSync) -> None:
    shown = html(operator.get(page(EntityMapping, "link")))
    assert 'value="customer"' in shown and "Credit note</option>" not in shown


class TestTheConflictOfAnEvent:
    def shown(self, operator: Client, event: InboundEvent, *rows: str) -> str:
        parties = [{"ours": row, "theirs": "peo_9", "because": "their name"} for row in rows]
        InboundEvent.objects.filter(pk=event.pk).update(conflict=parties, object_id="peo_9")
        return html(operator.get(page(InboundEvent, "change", event.pk)))

    def test_opens_the_link_by_hand_filled_in(self, operator: Client, event: InboundEvent) -> None:
        row = CustomerFactory(environment=event.connection.environment).pk
        link = f"connection={event.connection_id}&kind=customer&row={row}&object=peo_9"
        assert f"{page(EntityMapping, 'link')}?{link}" in self.shown(operator, event, row, row)

    def test_opens_the_relink_of_a_row_that_has_another(
        self, operator: Client, event: InboundEvent, sync: OutboundSync
    ) -> None:
        mapping = EntityMapping.objects.get()
        opened = f"{page(EntityMapping, 'relink', mapping.pk)}?object=peo_9"
        assert opened in self.shown(operator, event, mapping.entity_id)
        assert 'value="peo_9"' in html(operator.get(opened))

    def test_offers_nothing_for_what_is_no_row(self, operator: Client, event: InboundEvent) -> None:
        assert "object=peo_9" not in self.shown(operator, event, "", "cust_01JD000000000000000NOROW1")
