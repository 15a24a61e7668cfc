"""Requests per second."""

import stripe


class TestARateLimit:
    def test_refuses_what_is_too_much_for_one_second(self, client, server):
        server.limits(requests_per_second=3)
        outcomes = set()
        for _ in range(12):
            try:
                client.v1.customers.list()
                outcomes.add("ok")
            except stripe.RateLimitError as error:
                outcomes.add(error.error.code)
                assert (error.http_status, error.headers["retry-after"]) == (429, "1")
        assert outcomes == {"ok", "rate_limit"}
