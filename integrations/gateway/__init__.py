"""Every call to a provider passes here: rate limit, circuit breaker, backoff."""
