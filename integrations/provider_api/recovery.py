"""What happens after a call whose answer was lost: repeated under its key, or looked for first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from integrations.errors import Rejected
from integrations.provider_api.gateway import Gateway, Json

FOREVER = timedelta.max


@dataclass(frozen=True)
class IdempotencyKeys:
    """For ``lasting`` after a key's first use, the provider does what is called under it only once."""

    lasting: timedelta


class FindEffect(Protocol):
    """What a call made ``since`` then has left behind, like its answer; None when it was not done.

    Raises Rejected when this cannot be told: the push is then blocked until an operator has looked.
    """

    def __call__(
        self, gateway: Gateway, /, *, operation: str, params: Json, target: str, since: datetime
    ) -> Json | None: ...


def _cannot_look(
    _gateway: Gateway, *, operation: str, params: Json, target: str, since: datetime
) -> Json | None:
    of = f" for {target}" if target else ""
    raise Rejected(
        f"The answer to {operation}{of}, called at {since:%Y-%m-%d %H:%M} UTC, was lost, so it is not known"
        " whether it was done. The provider does not recognize repeated calls, and FlexSync has no way to look for"
        " the result, so the call was not made again: it could be done twice. Look at the provider. If it was not"
        " done, retry this sync: the call is then made again. If it was done, undo it there before you retry, or"
        " cancel this sync."
    )


class FindAlike(Protocol):
    """The objects that may be what a call would make: customers of the same e-mail address; one call."""

    def __call__(self, gateway: Gateway, /, *, operation: str, params: Json) -> Sequence[Json]: ...


@dataclass(frozen=True)
class Recovery:
    """Unless given, the provider has no idempotency keys, and no call whose answer was lost is repeated.

    ``alike``: None where the provider cannot be asked for that.
    """

    keys: IdempotencyKeys | None = None
    find: FindEffect = _cannot_look
    alike: FindAlike | None = None

    def may_repeat(self, first_made_at: datetime, now: datetime) -> bool:
        """Whether the provider still recognizes the key of a call first made at ``first_made_at``."""
        return self.keys is not None and now - first_made_at < self.keys.lasting
