"""Catch-up: events that no webhook brought are listed at the provider and stored in the inbox."""
