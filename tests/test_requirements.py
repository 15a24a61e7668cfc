"""Each part of the code imports only packages that its own requirements file names."""

import re
from importlib.metadata import packages_distributions
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("flexsync", "billing", "integrations", "stripe_simulator", "demo", "devstack")
NAMED_IN = {
    "requirements.in": ("flexsync", "billing", "integrations"),
    "requirements-demo.in": ("stripe_simulator", "demo", "devstack"),
}
# Loaded by pytest itself, so only where pytest is.
ONLY_WITH_TESTS = ("tests", "testing", "conftest", "pytest_plugin")


def normal(name: str) -> str:
    """Returns a distribution's name in its normalised spelling."""
    return re.sub(r"[-_.]+", "-", name).lower()


def named(file: str) -> set[str]:
    """Returns the packages that a requirements file names, with those of the files that it includes."""
    lines = (ROOT / file).read_text().splitlines()
    included = {name for line in lines if line.startswith("-r ") for name in named(line[3:].strip())}
    return included | {normal(found[0]) for line in lines if (found := re.match(r"[A-Za-z][\w.-]*", line))}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)


class TestRequirements:
    @pytest.mark.parametrize("file", NAMED_IN)
    def test_name_each_package_that_is_imported(self, graph: grimp.ImportGraph, file: str) -> None:
        distributions = packages_distributions()
        imported = {
            distribution
            for module in graph.modules
            if module.split(".")[0] in NAMED_IN[file] and not set(module.split(".")) & set(ONLY_WITH_TESTS)
            for found in graph.find_modules_directly_imported_by(module)
            for distribution in distributions.get(found.split(".")[0], [])
        }
        assert {normal(name) for name in imported} - named(file) == set()

    def test_pin_the_same_for_the_demo_the_tests_and_the_documentation(self) -> None:
        product, demo, development, documentation = (
            dict(
                line.split("==")
                for line in (ROOT / f"requirements{of}.txt").read_text().splitlines()
                if "==" in line
            )
            for of in ("", "-demo", "-dev", "-docs")
        )
        assert product.items() <= demo.items() <= development.items()
        assert product.items() <= documentation.items()
        shared = documentation.keys() & development.keys()
        assert {name: documentation[name] for name in shared} == {name: development[name] for name in shared}
