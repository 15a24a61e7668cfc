"""What links answer is what the OpenAPI document says: clients are generated from it."""

import pytest
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator

from integrations.providers.stripe.tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def document():
    return SchemaGenerator().get_schema(request=None, public=True)


def test_each_answer_has_the_documented_shape(document, api, link, customer, environment, stripe_api):
    theirs = stripe_api.v1.customers.create({"name": "Ada L."})
    other = builders.customer(environment, name="Bob")

    def check(operation, response):
        found = operation["responses"][str(response.status_code)]["content"]["application/json"]["schema"]
        schema = found | {"components": document["components"]}
        Draft202012Validator(schema).validate(response.json())
        return response.json()

    create = document["paths"]["/v1/mappings"]["post"]
    check(create, link("customer", customer.pk, theirs.id, "?dry_run=true"))
    mapping = check(create, link("customer", customer.pk, theirs.id))
    again = link("customer", customer.pk, theirs.id)
    assert again.status_code == 200 and check(create, again) == mapping
    relink = document["paths"]["/v1/mappings/{id}/relink"]["post"]
    body = {"entity_id": other.pk, "reason": "Bob's."}
    for query in ("?dry_run=true", ""):
        check(relink, api.post(f"/v1/mappings/{mapping['id']}/relink{query}", body, format="json"))


def test_every_dry_run_has_a_documented_answer(document):
    for path, methods in document["paths"].items():
        for operation in methods.values():
            if any(one["name"] == "dry_run" for one in operation.get("parameters", ())):
                answers = [text for status, text in operation["responses"].items() if status[0] == "2"]
                names = {
                    name
                    for answer in answers
                    for schema in [one["schema"] for one in answer.get("content", {}).values()]
                    for name in _names(document, schema)
                }
                assert names & {"DryRun", "LinkPreview"}, path


def _names(document, schema):
    """The components that a schema may be."""
    name = schema.get("$ref", "").rpartition("/")[2]
    inside = document["components"]["schemas"][name] if name else schema
    return {name} | {one for part in inside.get("oneOf", ()) for one in _names(document, part)}
