"""The test runs' own servers."""

import os

import psycopg
import pytest
import redis

from devstack.pytest_plugin import own_database
from devstack.stack import throw_away


class TestAWorker:
    @pytest.mark.parametrize(
        ("url", "worker", "own"),
        [
            ("redis://:pw@127.0.0.1:1/0", "gw0", "redis://:pw@127.0.0.1:1/1"),
            ("redis://cache", "gw11", "redis://cache/12"),
            ("rediss://cache:1/5?ssl_cert_reqs=none", "gw1", "rediss://cache:1/7?ssl_cert_reqs=none"),
        ],
    )
    def test_has_a_redis_database_of_its_own(self, url: str, worker: str, own: str) -> None:
        assert own_database(url, worker) == own


class TestThisRun:
    def test_has_its_servers(self) -> None:
        with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
            assert client.ping()
        with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)

    def test_does_not_share_servers_with_another_run(self, tmp_path, monkeypatch) -> None:
        monkeypatch.setenv("FLEXSYNC_HOME", str(tmp_path))
        monkeypatch.delenv("DATABASE_URL")
        monkeypatch.delenv("REDIS_URL")
        with throw_away() as first, throw_away() as second:
            assert first["DATABASE_URL"] != second["DATABASE_URL"]
            assert first["REDIS_URL"] != second["REDIS_URL"]
        with throw_away():
            assert {path.name for path in tmp_path.iterdir()} == {"test-1", "test-2"}
