"""What an operator does about a group of problems on the first page."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integrations.models import Connection, InboundEvent, TriageMark
from integrations.tests.admin.conftest import make_event

HOME = reverse("admin:index")


@pytest.fixture
def problem(connection: Connection) -> InboundEvent:
    return make_event(connection, state="dead", reason="There is no plan.", settled_at=timezone.now())


def shown(visitor: Client, where: str = "problems") -> Any:
    (one,) = visitor.get(HOME).context[where]
    return one


@pytest.mark.usefixtures("problem")
class TestAnOperator:
    def test_takes_a_group_and_gives_it_back(self, operator: Client) -> None:
        for expected in ("operator", ""):
            response = operator.post(shown(operator)["deeds"]["assign"], follow=True)
            assert response.status_code == 200
            assert bool(shown(operator)["assigned_to"]) == bool(expected)

    def test_leaves_a_note(self, operator: Client) -> None:
        operator.post(shown(operator)["deeds"]["note"], {"note": "Ask Ann <b>first</b>."})
        assert "Note: Ask Ann &lt;b&gt;first&lt;/b&gt;." in operator.get(HOME).content.decode()

    def test_has_to_say_why_it_is_dismissed(self, operator: Client) -> None:
        page = operator.post(shown(operator)["deeds"]["dismiss"], {"reason": ""})
        assert page.context["form"].errors
        operator.post(shown(operator)["deeds"]["dismiss"], {"reason": "Our own test."})
        assert operator.get(HOME).context["problems"] == []
        assert shown(operator, "dismissed")["dismissed_reason"] == "Our own test."
        operator.post(shown(operator, "dismissed")["deeds"]["restore"])
        assert shown(operator)["count"] == 1

    def test_tries_all_of_it_again(self, operator: Client, problem: InboundEvent) -> None:
        assert shown(operator)["again"] == "Replay all"
        asked = operator.get(shown(operator)["deeds"]["again"])
        assert "There is no plan." in asked.content.decode()
        problem.refresh_from_db()
        assert problem.state == "dead"
        operator.post(shown(operator)["deeds"]["again"])
        problem.refresh_from_db()
        assert problem.state == "pending"

    def test_is_told_that_nothing_is_left(self, operator: Client, problem: InboundEvent) -> None:
        address = shown(operator)["deeds"]["assign"]
        problem.delete()
        page = operator.get(address, follow=True)
        assert "Nothing is left of this group" in page.content.decode()


@pytest.mark.usefixtures("problem")
def test_an_onlooker_sees_the_group_and_may_do_nothing(operator: Client, onlooker: Client) -> None:
    assert shown(onlooker)["deeds"] == {} and shown(onlooker)["again"] == ""
    for address in shown(operator)["deeds"].values():
        assert onlooker.post(address).status_code == 403
    assert not TriageMark.objects.exists()
