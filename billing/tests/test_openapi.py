"""The OpenAPI document."""

from collections.abc import Iterator
from typing import Any

import pytest
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator

from billing.api.schema_examples import examples
from billing.api.serializers.subscriptions import CancelInput
from billing.api.strict import StrictInput, StrictModelInput
from billing.tests.openapi import operations

# A change's values, details of errors, what is sent to a provider, and an object in the shape of its time.
OPEN = {"Entry", "Error", "PlannedCall", "WebhookEvent"}


def open_maps(schema: Any) -> Iterator[Any]:
    """The objects in it whose members may be anything."""
    if isinstance(schema, dict):
        inside = schema.get("additionalProperties", False)
        if inside in ({}, True) or isinstance(inside, dict) and inside.get("items") == {}:
            yield schema
        schema = list(schema.values())
    if isinstance(schema, list):
        for one in schema:
            yield from open_maps(one)


class TestTheDocument:
    def test_is_valid(self, document: Any) -> None:
        validate_schema(document)

    def test_names_every_call_once(self, document: Any) -> None:
        names = [operation["operationId"] for operation in operations(document).values()]
        assert len(set(names)) == len(names) == 6 * 5 + 6 + 4 + 4 + 3 + 3 + 3 + 2 + 2 * 2
        assert {"customers_list", "invoices_finalize", "subscriptions_cancel", "payments_cancel"} <= set(
            names
        )

    def test_asks_for_a_key_in_either_header(self, document: Any) -> None:
        for operation in operations(document).values():
            assert operation["security"] == [{"bearer": []}, {"apiKey": []}]
        assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"

    @pytest.mark.parametrize("name", examples())
    def test_shows_objects_as_they_are(self, document: Any, name: str) -> None:
        reference = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        Draft202012Validator(reference).validate(examples()[name])
        assert set(examples()[name]) <= set(document["components"]["schemas"][name]["properties"])

    def test_leaves_open_only_what_may_be_anything(self, document: Any) -> None:
        schemas = document["components"]["schemas"]
        assert {name for name, schema in schemas.items() if list(open_maps(schema))} == OPEN

    def test_offers_an_idempotency_key_on_every_change(self, document: Any) -> None:
        for name, operation in operations(document).items():
            offered = {parameter["name"] for parameter in operation.get("parameters", ())}
            assert ("Idempotency-Key" in offered) == (not name.startswith("get "))

    @pytest.mark.parametrize("parser", [*StrictModelInput.__subclasses__(), CancelInput])
    def test_shows_examples_that_could_be_sent(self, parser: type[StrictInput]) -> None:
        if parser.example:
            changes = parser.__name__.endswith("Changes")
            assert parser(data=parser.example, partial=changes).is_valid(raise_exception=True)

    def test_shows_the_one_shape_of_errors_everywhere(self, document: Any) -> None:
        for operation in operations(document).values():
            for status, response in operation["responses"].items():
                if status == "default" or int(status) >= 400:
                    schema = response["content"]["application/json"]["schema"]
                    assert schema["$ref"].endswith("/Error")
