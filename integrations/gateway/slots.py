"""Slots: how many requests of a process wait for a provider at once, and how long (docs/operations.md)."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from threading import BoundedSemaphore
from typing import ParamSpec, TypeVar

import structlog
from django.conf import settings

from integrations.errors import Retry
from integrations.provider_api import patience

# Seconds after which a request makes no further call: what it has begun is left to workers.
LONGEST_REQUEST = 20.0
# Seconds after which it is worth while to ask again.
ASK_AGAIN = 5

Params = ParamSpec("Params")
ResultT = TypeVar("ResultT")
log = structlog.get_logger(__name__)
_in_request: ContextVar[bool] = ContextVar("in_request", default=False)


class Busy(Retry):
    """As many requests wait for a provider as may; this one has done nothing."""

    code = "busy"

    def __init__(self) -> None:
        super().__init__(
            "As many requests as this server allows wait for the provider, which is slow. Nothing was done: try again in"
            f" {ASK_AGAIN} seconds.",
            after=ASK_AGAIN,
        )


class OutOfTime(Retry):
    """The request has waited for long enough."""

    def __init__(self) -> None:
        super().__init__(
            f"The provider was slow, and no request waits longer than {LONGEST_REQUEST:.0f} seconds. A push, charge or"
            " refund that was begun goes on by itself (see the outbox); whatever else was asked for has to be asked again."
        )


class WithoutSlot(RuntimeError):
    """A request calls a provider and has taken no slot before: its entry point has to (``waits``)."""


@contextmanager
def request() -> Iterator[None]:
    """The block is a request: what it asks of a provider needs a slot."""
    token = _in_request.set(True)
    try:
        yield
    finally:
        _in_request.reset(token)


@contextmanager
def slot() -> Iterator[None]:
    """Holds a slot during the block; raises Busy where all are taken.

    Nothing happens where no request waits, such as in a worker, nor in a request that has its slot already.
    """
    if not _in_request.get() or patience.person_waits():
        yield
        return
    slots = _slots(settings.PROVIDER_REQUESTS)
    if not slots.acquire(blocking=False):
        log.warning("provider_requests_busy", slots=settings.PROVIDER_REQUESTS)
        raise Busy
    token = patience.ends_at.set(time.monotonic() + LONGEST_REQUEST)
    try:
        yield
    finally:
        patience.ends_at.reset(token)
        slots.release()


def waits(function: Callable[Params, ResultT]) -> Callable[Params, ResultT]:
    """``function`` with a slot, taken before it does anything."""

    @wraps(function)
    def call(*args: Params.args, **named: Params.kwargs) -> ResultT:
        with slot():
            return function(*args, **named)

    return call


def before_call() -> None:
    """Raises OutOfTime for a request that has waited for long, and WithoutSlot for one that took no slot."""
    ends_at = patience.ends_at.get()
    if ends_at is not None and time.monotonic() > ends_at:
        raise OutOfTime
    if ends_at is None and _in_request.get():
        log.error("provider_called_without_slot")
        if settings.STRICT:
            raise WithoutSlot


@cache
def _slots(number: int) -> BoundedSemaphore:
    return BoundedSemaphore(number)
