"""Keeps billing in step with payment providers, in both directions."""
