"""Tells the programs of others what changed: events, in order, by webhooks or for those who poll."""
