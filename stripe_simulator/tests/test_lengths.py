"""Every limit of the table of lengths, through the API."""

import re
from importlib import import_module
from pathlib import Path
from typing import get_args, get_origin

import pytest
import stripe
from typing_extensions import is_typeddict

from stripe_simulator.contract.lengths import GENERAL, LENGTHS
from stripe_simulator.contract.parameters import parameters_check, type_hints
from stripe_simulator.errors import InvalidRequest
from stripe_simulator.operations import OPERATIONS

from . import factories

DOCUMENT = Path(__file__).parents[2] / "docs" / "simulator" / "lengths.md"
ROWS = [(operation, param, most) for operation, limits in LENGTHS.items() for param, most in limits.items()]


def parts(param):
    """Return the names inside each other, `[]` for the items of a list."""
    return re.findall(r"[^\[\]]+|\[\]", param)


def knows(hint, names):
    """Return whether the SDK's type has this text inside."""
    if is_typeddict(hint):
        hints = type_hints(hint)
        return bool(names) and names[0] in hints and knows(hints[names[0]], names[1:])
    if get_origin(hint) is list:
        return names[:1] == ["[]"] and knows(get_args(hint)[0], names[1:])
    return (hint is str and not names) or any(knows(inner, names) for inner in get_args(hint))


def form(param, text):
    """Return the parameter as the SDK's dictionaries nest it; an item of a list is its first."""
    value = text
    for part in reversed(parts(param)):
        value = [value] if part == "[]" else {part: value}
    return value


def refusal(client, operation, param, text):
    """Send the parameter alone, and return why it is refused."""
    signature = OPERATIONS[operation].signature
    path = re.sub(r"\{[^}]*\}", "x_1", signature.path)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.raw_request(signature.method.lower(), path, **form(param, text))
    return caught.value


def is_by_length(error):
    return "must be at most" in str(error)


class TestALimit:
    @pytest.mark.parametrize(("operation", "param", "most"), ROWS)
    def test_is_the_longest_that_is_taken(self, client, operation, param, most):
        named = param.replace("[]", "[0]")
        long = refusal(client, operation, param, "x" * (most + 1))
        assert str(long).endswith(f"must be at most {most} characters{'.' * ('descriptor' in str(long))}")
        assert long.param == named
        try:
            parameters_check(OPERATIONS[operation].signature)(_raw(form(param, "x" * most)))
        except InvalidRequest as error:  # what else the request lacks
            assert not is_by_length(error), error

    @pytest.mark.parametrize(("operation", "param", "most"), ROWS)
    def test_is_of_a_text_that_the_sdk_knows(self, operation, param, most):
        signature = OPERATIONS[operation].signature
        cls = getattr(import_module(signature.params_module), signature.params_class)
        assert knows(cls, parts(param))


class TestText:
    def test_without_a_limit_of_its_own_has_the_general_one(self, client):
        owner = factories.customer(client, description="é" * GENERAL)
        assert len(owner.description) == GENERAL
        error = refusal(client, "customers.create", "description", "é" * (GENERAL + 1))
        assert str(error).endswith("Invalid string: éééé...éééé; must be at most 5000 characters")

    def test_in_lists_and_in_queries_has_it_too(self, client):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.customers.list({"email": "x" * 5001})
        assert is_by_length(caught.value) and caught.value.param == "email"

    def test_that_is_longer_elsewhere_is_kept_whole(self, client):
        product = client.v1.products.create({"name": "Book", "description": "x" * 40_000})
        assert len(product.description) == 40_000


class TestTheDocumentation:
    def test_names_every_limit(self):
        lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line[:3] == "| `"]
        shown = {
            (operation, param, most)
            for operations, params, most, _ in rows
            for operation in re.findall(r"`([^`]+)`", operations)
            for param in re.findall(r"`([^`]+)`", params)
        }
        assert shown == {(operation, param, f"{most:,}") for operation, param, most in ROWS}


def _raw(value):
    """Return decoded form data, whose lists are keyed by index."""
    if isinstance(value, list):
        return {str(index): _raw(item) for index, item in enumerate(value)}
    return {name: _raw(item) for name, item in value.items()} if isinstance(value, dict) else value
