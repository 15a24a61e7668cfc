"""What concerns every request: secret keys, rate limits, idempotency keys, faults and the log."""
