"""Both sides change a field; events come after FlexSync's call has begun."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from billing.models import Customer
from integrations.models import Conflict, EntityMapping

pytestmark = pytest.mark.django_db


def test_a_key_of_metadata_that_both_have_removed_is_gone(both, push_while):
    both.owned_by("provider")
    both.edit_there(metadata={"size": "large"})
    both.hear()
    both.edit_here(metadata={})
    both.edit_there(metadata={"size": ""})
    push_while(both.hear)
    assert both.here("metadata") == [{}]
    assert "size" not in both.there("metadata")[0]
    assert not Conflict.objects.exists()


@pytest.mark.parametrize("owner", ["provider", "newest"])
def test_what_a_person_sets_back_meanwhile_stays_so_though_its_event_comes_before_the_answer(
    both, push_while, owner
):
    """The event shows nothing but what was known before the call."""
    both.owned_by(owner)
    (before,) = both.here("name")
    both.edit_here(name="Ada")

    def set_back():
        time.sleep(1.1)  # the event of the call is of an earlier second
        both.edit_there(name=before)
        both.hear(lambda events: events[:1])

    push_while(set_back, moment="ends")
    assert both.here("name") == both.there("name") == [before]


@pytest.fixture
def replacing(both):
    """The next call will replace what was changed there, and nobody knows whether that was later."""
    both.owned_by("newest")
    EntityMapping.objects.update(sent_at=timezone.now() - timedelta(hours=1))
    both.edit_there(phone="+15550100")
    both.edit_here(phone="+15550199")
    Customer.objects.update(changed_at={})
    return both


def test_an_open_conflict_that_the_event_of_the_call_shows_is_not_closed_by_its_answer(replacing, push_while):
    push_while(replacing.hear_at_once, moment="ends")
    conflicts = Conflict.objects.values_list("field", "ours", "theirs", "winner")
    assert list(conflicts) == [("phone", "+15550199", "+15550100", "")]
    assert replacing.here("phone") == replacing.there("phone") == ["+15550199"]


def test_it_is_closed_by_an_edit_here_while_the_answer_is_on_its_way(replacing, push_while):
    def act():
        replacing.hear_at_once()
        replacing.edit_here(phone="+15550123")

    push_while(act, moment="ends")
    assert Conflict.objects.get().winner == "flexsync"
    assert replacing.here("phone") == replacing.there("phone") == ["+15550123"]


def test_it_stays_open_when_what_it_knows_of_is_sent_later(replacing):
    assert replacing.push() == "done"
    replacing.edit_here(phone="+15550123")
    Customer.objects.update(changed_at={})
    replacing.hear_at_once()
    replacing.settle()
    conflicts = Conflict.objects.values_list("field", "ours", "theirs", "winner")
    assert list(conflicts) == [("phone", "+15550123", "+15550100", "")]
    assert replacing.here("phone") == replacing.there("phone") == ["+15550123"]
