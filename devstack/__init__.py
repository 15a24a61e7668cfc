"""Embedded PostgreSQL and Valkey for machines that have neither: the demo, the tests and the checks run on them."""

from devstack.homes import Busy, home
from devstack.process import StartFailed
from devstack.stack import running, servers, throw_away

__all__ = ["Busy", "StartFailed", "home", "running", "servers", "throw_away"]
