"""A person decides a conflict, also one that a rule has settled: both sides then have the chosen value."""

import pytest

from integrations.models import Conflict
from integrations.tests.conftest import client

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(environment):
    return client(environment)


@pytest.fixture
def collide(both):
    """Both sides change the email; the owner's rule settles it."""

    def collide(owner):
        both.owned_by(owner)
        both.edit_there(email="there@x.com")
        both.edit_here(email="here@x.com")
        both.hear()
        both.push()
        return Conflict.objects.get()

    return collide


@pytest.mark.parametrize("owner", ["flexsync", "provider"])
@pytest.mark.parametrize(
    ("choice", "side", "value"), [("keep", "flexsync", "here@x.com"), ("take", "provider", "there@x.com")]
)
def test_both_sides_have_the_chosen_value(api, both, collide, owner, choice, side, value):
    conflict = collide(owner)
    answer = api.post(f"/v1/conflicts/{conflict.id}/{choice}")
    assert answer.status_code == 200, answer.json()
    assert (answer.json()["winner"], answer.json()["decided_by"] != "") == (side, True)
    both.push()
    both.hear()
    assert both.here("email") == both.there("email") == [value]
    assert Conflict.objects.count() == 1


def test_the_list_shows_both_values(api, collide):
    conflict = collide("provider")
    [shown] = api.get("/v1/conflicts?open=false").json()["items"]
    assert (shown["id"], shown["field"], shown["ours"], shown["theirs"]) == (
        conflict.id, "email", "here@x.com", "there@x.com"
    )  # fmt: skip
    assert api.get("/v1/conflicts?open=true").json()["items"] == []
