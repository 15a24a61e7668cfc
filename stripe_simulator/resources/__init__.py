"""Stripe's resources: a package for each family of objects, a module for each that stands alone."""

from importlib import import_module
from pkgutil import walk_packages


def load() -> None:
    """Import every resource, in packages of any depth, which registers its operations."""
    for module in walk_packages(__path__, f"{__name__}."):
        import_module(module.name)
