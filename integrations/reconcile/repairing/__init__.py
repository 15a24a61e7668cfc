"""Repair: what differs is pushed, taken or accepted, by the ways that every other change takes."""
