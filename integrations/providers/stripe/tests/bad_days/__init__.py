"""Sixteen bad days, each in a real browser: from the first page to what happened, why, and what mends it."""
