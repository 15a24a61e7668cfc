"""The OpenAPI document."""

from typing import Any

import pytest
from drf_spectacular.validation import validate_schema

from billing.api.serializers.subscriptions import CancelInput
from billing.api.strict import StrictInput, StrictModelInput
from billing.tests.openapi import operations


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
