"""What is gone at the provider, in the admin: shown with buttons on mapping, row and blocked sync."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.models import Customer
from billing.tests.admin.pages import page, press, select
from integrations.models import EntityMapping, MappingChange, OutboundSync


@pytest.fixture
def mapping(sync: OutboundSync) -> EntityMapping:
    """A mapping whose object is gone."""
    EntityMapping.objects.update(gone_at=timezone.now(), gone_reason="It was not found.")
    return EntityMapping.objects.get()


def html_of(visitor: Client, row: Any) -> str:
    """Returns the HTML of the row's page."""
    return visitor.get(page(type(row), "change", row.pk)).content.decode()


def choose(visitor: Client, mapping: EntityMapping, button: str, back: str = "", **reason: str) -> Any:
    """Sends the form of a choice's page, as it was opened from the page ``back``."""
    sent = {"reason": "As agreed.", "next": back} | reason
    return visitor.post(page(EntityMapping, button, mapping.pk), sent)


class TestTheButtonsOfAMapping:
    @pytest.mark.parametrize("button", ["create_anew", "archive_here", "leave"])
    def test_decide(self, operator: Client, mapping: EntityMapping, button: str) -> None:
        shown = operator.get(page(EntityMapping, button, mapping.pk)).content.decode()
        assert "is gone at Acme" in shown and "<html" in shown
        assert choose(operator, mapping, button).url == page(EntityMapping, "change", mapping.pk)
        mapping.refresh_from_db()
        assert mapping.gone_choice == button.removesuffix("_here")
        assert mapping.decided_by == "operator"
        change = MappingChange.objects.get()
        assert (change.reason, change.done_by) == ("As agreed.", "operator")

    @pytest.mark.parametrize("reason", ["", " "])
    def test_need_a_reason(self, operator: Client, mapping: EntityMapping, reason: str) -> None:
        assert "required" in choose(operator, mapping, "leave", reason=reason).content.decode()
        assert not MappingChange.objects.exists()

    def test_are_offered_for_what_is_gone_only(self, operator: Client, mapping: EntityMapping) -> None:
        assert "Create anew" in html_of(operator, mapping)
        EntityMapping.objects.update(gone_at=None)
        assert "Create anew" not in html_of(operator, mapping)

    def test_say_why_it_cannot_be(self, operator: Client, mapping: EntityMapping) -> None:
        Customer.objects.update(status="archived")
        assert "has ended here" in choose(operator, mapping, "create_anew").content.decode()

    def test_are_not_there_for_what_is_not_gone(self, operator: Client, mapping: EntityMapping) -> None:
        EntityMapping.objects.update(gone_at=None)
        assert choose(operator, mapping, "leave").status_code == 404


class TestOtherPages:
    def test_show_the_choices(self, operator: Client, sync: OutboundSync, mapping: EntityMapping) -> None:
        for row in (sync, Customer.objects.get()):
            html = html_of(operator, row)
            assert "is gone at Acme" in html
            assert "It was not found." in html
            opened = page(EntityMapping, "create_anew", mapping.pk)
            assert f'href="{opened}?{urlencode({"next": page(type(row), "change", row.pk)})}"' in html

    def test_show_them_where_another_row_is_what_is_gone(
        self, operator: Client, sync: OutboundSync, mapping: EntityMapping
    ) -> None:
        other = OutboundSync.objects.create(
            connection=sync.connection, entity_type="invoice", entity_id="inv_1", state="pending"
        )
        assert "is gone at Acme" not in html_of(operator, other)
        OutboundSync.objects.filter(pk=other.pk).update(waits_for=f"customer:{mapping.entity_id}")
        assert "is gone at Acme" in html_of(operator, other)

    def test_decide_and_come_back(self, operator: Client, sync: OutboundSync, mapping: EntityMapping) -> None:
        back = page(OutboundSync, "change", sync.pk)
        assert choose(operator, mapping, "leave", back).url == back
        mapping.refresh_from_db()
        assert mapping.gone_choice == "leave"
        assert "Leave it, operator" in html_of(operator, sync)

    def test_lead_nowhere_else(self, operator: Client, mapping: EntityMapping) -> None:
        elsewhere = choose(operator, mapping, "leave", "https://elsewhere.example/")
        assert elsewhere.url == page(EntityMapping, "change", mapping.pk)


class TestAnOnlooker:
    def test_sees_it_without_buttons(
        self, onlooker: Client, sync: OutboundSync, mapping: EntityMapping
    ) -> None:
        html = html_of(onlooker, sync)
        assert "is gone at Acme" in html
        assert "Leave it" not in html

    def test_cannot_decide(self, onlooker: Client, mapping: EntityMapping) -> None:
        assert choose(onlooker, mapping, "leave").status_code == 403


def test_the_first_page_counts_what_is_to_be_decided(operator: Client, mapping: EntityMapping) -> None:
    problems = operator.get(reverse("admin:index")).context["problems"]
    [found] = [one for one in problems if one["title"] == "Counterparts missing at the provider"]
    assert (found["count"], found["url"]) == (1, page(EntityMapping, "change", mapping.pk))


def test_the_list_shows_what_is_to_be_decided(operator: Client, mapping: EntityMapping) -> None:
    address = page(EntityMapping, "changelist")
    assert mapping.provider_entity_id in operator.get(f"{address}?gone=open").content.decode()
    EntityMapping.objects.update(gone_choice="leave")
    assert mapping.provider_entity_id not in operator.get(f"{address}?gone=open").content.decode()
    assert mapping.provider_entity_id in operator.get(f"{address}?gone=all").content.decode()


class TestRestoring:
    def test_says_first_that_another_is_made(self, operator: Client, mapping: EntityMapping) -> None:
        Customer.objects.update(status="archived")
        customer = Customer.objects.get()
        button = page(Customer, "restore", customer.pk)
        dialog = operator.get(button, headers={"HX-Request": "true"}).content.decode()
        assert "is gone at Acme" in dialog and "another one is made" in dialog
        select(operator, [customer], "restore_selected")
        assert Customer.objects.get().status == "archived"
        press(operator, customer, "restore")
        assert Customer.objects.get().status == "active"
        mapping.refresh_from_db()
        assert (mapping.entity_id, mapping.gone_choice) == ("", "create_anew")
