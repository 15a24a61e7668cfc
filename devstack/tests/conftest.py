"""A devstack of each test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devstack.tests.command import Devstack


@pytest.fixture
def devstack(tmp_path: Path) -> Iterator[Devstack]:
    """Yields a devstack that must leave no process behind."""
    stack = Devstack(tmp_path)
    yield stack
    assert stack.running() == []
