"""Ids and filters that make no sense, at every list of integrations."""

import pytest

from billing.tests.api_errors import assert_error

LISTS = ("connections", "mappings", "mapping_changes", "conflicts", "events", "syncs")


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("id", ["%00", "no_such_id", "%F0%9F%92%A5"])
def test_an_id_that_is_none_is_not_found(api, name, id):
    assert_error(api.get(f"/v1/{name}/{id}"), 404, "not_found")


@pytest.mark.parametrize("query", ["mappings?gone=maybe", "conflicts?open=maybe"])
def test_a_filter_that_makes_no_sense_is_refused(api, query):
    name = query.partition("?")[2].partition("=")[0]
    assert_error(api.get(f"/v1/{query}"), 400, "invalid", **{name: "Send one of: true, false."})
