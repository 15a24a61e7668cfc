"""The buckets give exact turns: shared in Redis, and for one process alone when Redis is gone."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings

from integrations.gateway.local_bucket import LocalBucket
from integrations.gateway.redis_bucket import RateLimit, RedisBucket
from integrations.queue import redis_client
from integrations.tests.workers import empty_broker

# One call in 100 seconds: however slow the machine is, no turn comes by itself while a test runs.
SLOW = RateLimit(per_second=0.01, burst=0)


@pytest.fixture(params=["redis", "local"])
def bucket(request):
    empty_broker()
    return RedisBucket(redis_client.client(settings.REDIS_URL)) if request.param == "redis" else LocalBucket()


class TestTurns:
    def test_come_one_after_the_other(self, bucket):
        turns = [bucket.take("one", SLOW, 1000) for _ in range(5)]
        assert all(turn.granted for turn in turns)
        assert [round(turn.wait, -2) for turn in turns] == [0, 100, 200, 300, 400]

    def test_are_refused_beyond_the_horizon(self, bucket):
        assert [bucket.take("one", SLOW, 250).granted for _ in range(4)] == [True, True, True, False]
        refused = bucket.take("one", SLOW, 250)
        assert 0 < refused.wait <= 50, "the refusal says when to ask again"

    def test_go_to_the_longer_horizon(self, bucket):
        while bucket.take("one", SLOW, 250).granted:
            pass
        assert not bucket.take("one", SLOW, 0).granted
        person = bucket.take("one", SLOW, 1000)
        assert person.granted and 250 < person.wait <= 300
        assert bucket.take("one", SLOW, 250).wait > 100, "and a shorter horizon waits longer for it"

    def test_come_at_once_after_a_rest_as_far_as_the_burst_goes(self, bucket):
        bursty = RateLimit(per_second=0.01, burst=2)
        waits = [bucket.take("one", bursty, 1000).wait for _ in range(4)]
        assert [round(wait, -2) for wait in waits] == [0, 0, 0, 100]

    def test_are_counted_for_each_connection(self, bucket):
        assert bucket.take("one", SLOW, 0).granted
        assert bucket.take("other", SLOW, 0).granted

    def test_have_no_limit_when_there_is_none(self, bucket):
        assert {bucket.take("one", RateLimit(per_second=0, burst=0), 0).granted for _ in range(50)} == {True}

    def test_are_the_same_for_many_at_once(self, bucket):
        with ThreadPoolExecutor(8) as pool:
            turns = list(pool.map(lambda _: bucket.take("one", SLOW, 350), range(40)))
        assert sum(turn.granted for turn in turns) == 4


class TestAPause:
    def test_stops_every_turn(self, bucket):
        bucket.pause("one", 500)
        turn = bucket.take("one", SLOW, 10)
        assert not turn.granted and 400 < turn.wait <= 490
        assert bucket.take("other", SLOW, 10).granted

    def test_is_not_made_shorter(self, bucket):
        bucket.pause("one", 500)
        bucket.pause("one", 100)
        assert bucket.take("one", SLOW, 0).wait > 400


class TestFailures:
    def test_are_counted_until_a_call_works(self, bucket):
        assert [bucket.count_failure("one"), bucket.count_failure("one")] == [1, 2]
        assert bucket.take("one", SLOW, 0).failures == 2
        bucket.clear_failures("one")
        assert bucket.take("one", SLOW, 1000).failures == 0
