"""Tests of the Stripe provider: against the simulator over HTTP, and against files of its events."""
