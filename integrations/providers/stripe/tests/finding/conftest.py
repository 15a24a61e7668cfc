"""The fixtures of the tests of payments."""

from integrations.providers.stripe.tests.paying.conftest import api, card, invoice, pipelines

__all__ = ["api", "card", "invoice", "pipelines"]
