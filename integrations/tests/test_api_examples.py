"""The examples of the OpenAPI document: each is what it says, and no object of a list is without one."""

from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator

from integrations.api.schema_examples import examples


@pytest.fixture(scope="module")
def document() -> Any:
    """The OpenAPI document."""
    return SchemaGenerator().get_schema(request=None, public=True)


def test_show_objects_as_they_are(document: Any) -> None:
    for name, example in examples().items():
        reference = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        Draft202012Validator(reference).validate(example)
        assert set(example) <= set(document["components"]["schemas"][name]["properties"]), name


def test_are_there_for_each_object_that_is_read(document: Any) -> None:
    schemas = document["components"]["schemas"]
    read = [
        methods["get"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for path, methods in document["paths"].items()
        if "get" in methods and path != "/v1/schema"
    ]
    lists = {name for name in read if name.startswith("Paginated")}
    in_lists = {schemas[name]["properties"]["items"]["items"]["$ref"].rpartition("/")[2] for name in lists}
    objects = set(read) - lists | in_lists
    # These hold such objects, and little else.
    objects -= {"Changes", "PaymentMethodList"}
    assert {name for name in objects if "examples" not in schemas[name]} == set()
