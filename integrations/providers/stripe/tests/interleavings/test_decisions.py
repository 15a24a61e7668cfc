"""A person decides a conflict, also one that a rule has settled: both sides then have the chosen value."""

import pytest
from django.utils import timezone

from billing.models import Environment
from integrations.linking import changes
from integrations.linking.pairs import Deed
from integrations.models import Conflict, EntityMapping, OutboundSync
from integrations.outbox import worker
from integrations.tests.conftest import client

pytestmark = pytest.mark.django_db


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


def deliver():
    for sync in OutboundSync.objects.filter(state="pending"):
        worker.deliver(sync.pk, now=timezone.now())


def test_what_is_kept_is_sent_also_where_changes_are_not_sent_by_themselves(api, both, collide):
    conflict = collide("provider")
    both.connection.customer_outbound_enabled = False
    both.connection.save()
    assert api.post(f"/v1/conflicts/{conflict.id}/keep").status_code == 200
    deliver()
    assert both.there("email") == ["here@x.com"]


def test_what_the_provider_has_already_is_not_sent(api, both, collide):
    conflict = collide("provider")
    both.connection.customer_outbound_enabled = False
    both.connection.save()
    before = OutboundSync.objects.count()
    assert api.post(f"/v1/conflicts/{conflict.id}/take").status_code == 200
    assert OutboundSync.objects.count() == before


def test_an_open_one_is_decided(api, both, collide):
    conflict = collide("newest")
    Conflict.objects.update(winner="", decided_at=None)
    [shown] = api.get("/v1/conflicts?open=true").json()["items"]
    assert shown["id"] == conflict.id
    api.post(f"/v1/conflicts/{conflict.id}/keep")
    deliver()
    assert both.here("email") == both.there("email") == ["here@x.com"]


@pytest.mark.parametrize(("choice", "value"), [("keep", "newer@x.com"), ("take", "there@x.com")])
def test_of_an_open_one_flexsyncs_value_is_what_was_edited_here_since(api, tie, choice, value):
    tie.edit_here(email="newer@x.com")
    answer = api.post(f"/v1/conflicts/{Conflict.objects.get().pk}/{choice}").json()
    assert (answer["ours"], answer["theirs"]) == ("newer@x.com", "there@x.com")
    deliver()
    assert tie.here("email") == tie.there("email") == [value]


def test_one_that_has_changed_since_it_was_seen_is_not_decided(api, both, collide):
    address = f"/v1/conflicts/{collide('provider').id}"
    seen = api.get(address)
    assert seen["ETag"] == f'"{seen.json()["version"]}"'
    kept = api.post(f"{address}/keep", headers={"If-Match": f'"1", {seen["ETag"]}'})
    assert (kept.status_code, kept["ETag"]) == (200, f'"{kept.json()["version"]}"')
    late = api.post(f"{address}/take", headers={"If-Match": seen["ETag"]})
    assert (late.status_code, late.json()["code"]) == (412, "outdated")
    assert (late.json()["details"]["current"], late["ETag"]) == (kept.json(), kept["ETag"])
    assert both.here("email") == ["here@x.com"]
    # The provider has another value by now than the one that would be taken.
    Conflict.objects.update(theirs="newer@x.com")
    assert api.post(f"{address}/take", headers={"If-Match": kept["ETag"]}).status_code == 412
    assert api.get(address, headers={"If-Match": "*"}).status_code == 400


def test_the_two_have_to_be_counterparts(api, both, collide):
    conflict = collide("provider")
    mapping = EntityMapping.objects.select_related("connection").get(entity_id=both.customer.pk)
    changes.unlink(mapping, Deed("ann", "A twin."), timezone.now())
    answer = api.post(f"/v1/conflicts/{conflict.id}/keep")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_synced")
    assert "no counterparts any more" in answer.json()["message"]


@pytest.mark.parametrize("choice", ["keep", "take"])
def test_of_what_is_gone_at_the_provider_nothing_is_decided(api, both, collide, choice):
    conflict = collide("provider")
    EntityMapping.objects.filter(entity_id=both.customer.pk).update(gone_at=timezone.now())
    answer = api.post(f"/v1/conflicts/{conflict.id}/{choice}")
    assert (answer.status_code, answer.json()["code"]) == (409, "gone_at_provider")
    assert "Choose what becomes of it" in answer.json()["message"]


def test_filters_find_it(api, both, collide):
    conflict = collide("provider")
    there = [f"entity_type=customer&entity_id={both.customer.pk}", f"connection_id={both.connection.pk}"]
    there += ["field=email", f"provider_entity_id={both.stripe_id}", "provider=stripe"]
    for query in there:
        assert [one["id"] for one in api.get(f"/v1/conflicts?{query}").json()["items"]] == [conflict.id]
    for query in ("entity_type=plan", "field=phone", "connection_id=conn_other"):
        assert api.get(f"/v1/conflicts?{query}").json()["items"] == []
    assert api.get(f"/v1/conflicts/{conflict.id}").json()["field"] == "email"


def test_readers_and_other_environments_cannot_decide(environment, collide):
    conflict = collide("provider")
    assert client(environment, "read").post(f"/v1/conflicts/{conflict.id}/keep").status_code == 403
    other = client(Environment.objects.create(name="Other"))
    assert other.post(f"/v1/conflicts/{conflict.id}/keep").status_code == 404
