"""Embedded PostgreSQL and Valkey, on which the demo, the tests and the checks run."""

from devstack.homes import Busy, home
from devstack.process import StartFailed
from devstack.stack import running, servers, throw_away

__all__ = ["Busy", "StartFailed", "home", "running", "servers", "throw_away"]
