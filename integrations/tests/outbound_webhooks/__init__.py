"""Tests of events for other programs, and of how they are delivered."""
