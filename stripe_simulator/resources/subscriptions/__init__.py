"""Subscriptions: their items, periods, renewals, trials, pauses and ends."""
