"""What is done when a moment of the agenda comes: a function for each name."""

import logging
from collections.abc import Callable

from ..errors import StripeError
from .account import Account, Object

Action = Callable[[Account, Object], None]
log = logging.getLogger("stripe_simulator")
_ACTIONS: dict[str, Action] = {}


def action(name: str) -> Callable[[Action], Action]:
    """Register what is done at a moment; the function itself checks whether the object still needs it."""

    def register(function: Action) -> Action:
        _ACTIONS[name] = function
        return function

    return register


def run_next(account: Account, clock: str | None = None) -> None:
    """Carry out the soonest entry, at its moment."""
    moment, name, id = account.agenda.pop(clock)
    object = account.objects.get(id)
    if object is not None and not object.get("deleted"):
        try:
            with account.at(moment):
                _ACTIONS[name](account, object)
        except StripeError as error:
            log.warning("%s of %s at %s: %s", name, id, moment, error)
