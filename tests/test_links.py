"""The links of the documentation lead to files that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

PAGES = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")})


def links(page: Path) -> list[str]:
    """Returns the relative links of ``page``, without what comes after a "#"."""
    found = re.findall(r"\]\(([^)\s#]+)[^)]*\)", page.read_text(encoding="utf-8"))
    return [link for link in found if "://" not in link]


def test_pages_are_found() -> None:
    assert ROOT / "README.md" in PAGES
    assert sum(len(links(page)) for page in PAGES) > 40


def named(source: Path) -> set[str]:
    """Returns the pages of the documentation that a comment or docstring of ``source`` names."""
    return set(re.findall(r"docs/[\w/.-]+\.md", source.read_text(encoding="utf-8")))


def test_pages_that_the_code_names_are_there() -> None:
    packages = ("billing", "integrations", "flexsync", "stripe_simulator", "demo", "devstack", "benchmarks")
    sources = [source for package in packages for source in (ROOT / package).rglob("*.py")]
    missing = {page for source in sources for page in named(source) if not (ROOT / page).exists()}
    assert missing == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert [link for link in links(page) if not (page.parent / link).exists()] == []
