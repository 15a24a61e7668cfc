"""The client for Redis: an address that did not answer is left alone for a while, by any caller."""

import pytest
from django.conf import settings

from integrations.gateway import rate_limiter
from integrations.queue import redis_client
from integrations.queue.redis_client import RedisUnavailable

GONE = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def _nothing_rests(monkeypatch):
    monkeypatch.setattr(redis_client, "_resting_until", {})


def test_an_address_that_failed_the_rate_limiter_rests_for_the_broker_too(settings, connection):
    settings.REDIS_URL = GONE
    rate_limiter.clear_failures(connection)
    with pytest.raises(RedisUnavailable) as unavailable:
        redis_client.call(GONE, lambda redis: redis.ping())
    assert unavailable.value.resting


def test_another_address_does_not_rest():
    assert redis_client.try_call(GONE, lambda redis: redis.ping()) is None
    assert redis_client.try_call(settings.REDIS_URL, lambda redis: redis.ping()) is True


def test_is_tried_while_it_rests_by_callers_that_must_not_miss_it():
    redis_client.rest(settings.REDIS_URL)
    assert redis_client.try_call(settings.REDIS_URL, lambda redis: redis.ping()) is None
    assert redis_client.try_call(settings.REDIS_URL, lambda redis: redis.ping(), even_resting=True) is True
