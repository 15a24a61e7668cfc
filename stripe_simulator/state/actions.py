"""Scheduled actions: a function for each name on the agenda."""

import logging
from collections.abc import Callable

from ..errors import StripeError
from .account import Account, Object

Action = Callable[[Account, Object], None]
log = logging.getLogger("stripe_simulator")
_ACTIONS: dict[str, Action] = {}


def action(name: str) -> Callable[[Action], Action]:
    """Register a scheduled action; the function itself checks whether the object still needs it."""

    def register(function: Action) -> Action:
        _ACTIONS[name] = function
        return function

    return register


def run_next(account: Account, clock: str | None = None) -> None:
    """Carry out the next entry, at its moment."""
    moment, name, id = account.agenda.pop(clock)
    object = account.objects.get(id)
    if object is not None and not object.get("deleted"):
        try:
            with account.at(moment), account.journal.atomic():
                _ACTIONS[name](account, object)
        except StripeError as error:
            log.warning("scheduled action %s of %s at %s failed: %s", name, id, moment, error)
