"""A transaction whose changes are seen inside it and never stored, for dry runs."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def rolled_back() -> Iterator[None]:
    """Undoes all that the block writes."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
