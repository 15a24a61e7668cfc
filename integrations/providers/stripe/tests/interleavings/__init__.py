"""Edits on both sides that meet: an event before and after a push, with and without its answer."""
