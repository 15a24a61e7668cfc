"""Every operation is loaded, is one of the SDK's, and is documented."""

import sys
from pathlib import Path

import pytest

from stripe_simulator import resources
from stripe_simulator.contract.parameters import parameters_check
from stripe_simulator.contract.responses import response_check
from stripe_simulator.operations import OPERATIONS, find_operation

resources.load()
DOCUMENT = Path(__file__).parents[2] / "docs" / "simulator" / "operations.md"


class TestLoading:
    def test_finds_the_modules_of_every_package(self):
        folder = Path(resources.__file__).parent
        files = {file.relative_to(folder).with_suffix("") for file in folder.rglob("*.py")}
        names = {".".join((resources.__name__, *file.parts)).removesuffix(".__init__") for file in files}
        assert len(names) > 90
        assert sorted(names - sys.modules.keys()) == []


class TestAnOperation:
    @pytest.mark.parametrize("name", sorted(OPERATIONS))
    def test_has_the_sdks_types(self, name):
        signature = OPERATIONS[name].signature
        assert callable(parameters_check(signature)) and callable(response_check(signature))

    @pytest.mark.parametrize("name", sorted(OPERATIONS))
    def test_is_found_by_its_path(self, name):
        signature = OPERATIONS[name].signature
        path = "/".join("x_1" if part.startswith("{") else part for part in signature.path.split("/"))
        found = find_operation(signature.method, path)
        assert found is not None and found[0].signature.name == name

    def test_is_documented_with_its_page_in_the_reference(self):
        lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line[:3] == "| `"]
        requests = {
            name: f"`{operation.signature.method} {operation.signature.path}`"
            for name, operation in OPERATIONS.items()
        }
        assert {name.strip("`"): request for name, request, *_ in rows} == requests
        assert [name for name, _, page, *_ in rows if len(page) < 10] == []
