"""Fixtures of the tests of money: those of payments, and what both sides hold in the end."""

from integrations.providers.stripe.tests.paying.conftest import api, card, invoice, pipelines

__all__ = ["api", "card", "invoice", "pipelines"]
