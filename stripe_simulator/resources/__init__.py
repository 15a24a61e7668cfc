"""Stripe's resources: one module each, found by name and loaded once."""

from importlib import import_module
from pkgutil import iter_modules


def load() -> None:
    """Import every resource, which registers its operations."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
