"""Imported by worker processes of the tests, so that they know Acme too."""

from integrations.tests.acme import register_from_environment

register_from_environment()
