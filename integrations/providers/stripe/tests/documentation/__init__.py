"""Tests that docs/events.md says what is read of each event, no more and no less."""
