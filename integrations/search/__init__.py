"""Finds rows by any id of either side, an idempotency key, a number, a name or an e-mail address."""
