"""The failures of a sync: one question decides each of them, would trying again help?"""

from datetime import datetime


class SyncError(Exception):
    """One question decides every failure: would trying again help? The message is shown to operators."""


class Retry(SyncError):
    """Not now: the network, a rate limit, or something we depend on has not arrived yet.

    ``after`` is how many seconds the other side asked us to wait, None when it did not say. ``within``: after how many
    seconds an event is tried again at the latest, because what it needs is on its way.
    """

    def __init__(self, message: str, *, after: float | None = None, within: float | None = None) -> None:
        super().__init__(message)
        self.after = after
        self.within = within


class Throttled(Retry):
    """Too many calls: every call of the connection waits ``after`` seconds, and none of them counts as an attempt."""


class Unreachable(Retry):
    """The other side does not answer, or fails by itself: if it goes on, it is the connection that is broken."""


class Unclear(Retry):
    """The answer does not say whether the call was done: one looks for its effect ``since`` then, and knows.

    Without one it is made again under ``key``, or, without a key, ``refusal`` is what it was answered.
    """

    def __init__(
        self, message: str, *, since: datetime, key: str = "", refusal: SyncError | None = None
    ) -> None:
        super().__init__(message)
        self.since = since
        self.key = key
        self.refusal = refusal


class Rejected(SyncError):
    """Not ever, as it stands: an operator must change something first; the message says what.

    ``connection_is_broken`` says that it is not this one thing but the connection itself that was refused
    (a revoked key): its work then waits, unharmed, until the connection works again.
    """

    def __init__(self, message: str, *, connection_is_broken: bool = False) -> None:
        super().__init__(message)
        self.connection_is_broken = connection_is_broken


class MappingConflict(Rejected):
    """Two of ours claim one of theirs, or the reverse: an operator decides, and nothing is overwritten until then.

    ``sides``: the claims, each {"ours": id or "", "theirs": id or "", "because": str}.
    """

    def __init__(self, message: str, parties: list[dict[str, str]]) -> None:
        super().__init__(message)
        self.parties = parties


class InvalidSignature(SyncError):
    """The sender of a webhook could not prove who it is; nothing is stored."""
