"""No module imports itself through others, whether at its top, inside a function or for types only."""

from graphlib import CycleError, TopologicalSorter

import grimp
import pytest

from .test_import_rules import PACKAGES


def circle(imports: dict[str, set[str]]) -> list[str]:
    """Return the modules of one circle, from a module back to itself; an empty list if there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        modules: list[str] = error.args[1]
        return modules
    return []


@pytest.fixture(scope="module")
def imports() -> dict[str, set[str]]:
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


class TestImports:
    def test_make_no_circle(self, imports: dict[str, set[str]]) -> None:
        assert circle(imports) == []

    def test_would_be_seen_to_make_a_circle(self, imports: dict[str, set[str]]) -> None:
        back = imports["billing.money"] | {"billing.models.invoices"}
        found = circle(imports | {"billing.money": back})
        assert {"billing.money", "billing.models.invoices"} <= set(found)
