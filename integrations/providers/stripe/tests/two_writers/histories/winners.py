"""Who wins where two edits met that knew nothing of each other, and with which values that ends."""

from collections.abc import Iterator

from integrations.providers.stripe.tests.two_writers.histories.edits import Edit, Ending
from integrations.providers.stripe.tests.two_writers.histories.fields import Field

FLEXSYNC, PROVIDER, NEWEST, OPEN = "flexsync", "provider", "newest", ""
ANYONE = frozenset({FLEXSYNC, PROVIDER, OPEN})


def winners(owner: str, spec: Field, ours: Edit, theirs: Edit) -> frozenset[str]:
    """Who may: several where the seconds of the edits are not known well enough."""
    if owner != NEWEST:
        return frozenset({owner})
    found = {FLEXSYNC} if ours.at[1] > theirs.at[0] else set()
    found |= {PROVIDER} if theirs.at[1] > ours.at[0] else set()
    is_tie = ours.at[0] <= theirs.at[1] and theirs.at[0] <= ours.at[1]
    found |= {_of_tie(spec, ours, theirs)} if is_tie else set()
    return frozenset(found)


def _of_tie(spec: Field, ours: Edit, theirs: Edit) -> str:
    if not spec.is_part or None not in (ours.value, theirs.value):
        return OPEN
    return PROVIDER if ours.value is None else FLEXSYNC


def endings(owner: str, spec: Field, ours: Edit | None, theirs: Edit | None) -> Iterator[Ending]:
    """With which values a field may end: of the last edits of both sides, or the one that knew the other."""
    may_win = winners(owner, spec, ours, theirs) if ours and theirs else {FLEXSYNC, PROVIDER}
    if ours is None and theirs is None:
        yield Ending(None, None)
    if ours and FLEXSYNC in may_win:
        yield Ending(ours.value, spec.spelled(ours.value))
    if theirs and PROVIDER in may_win:
        yield Ending(spec.held(theirs.value), theirs.value)
    if ours and theirs and OPEN in may_win:
        yield Ending(ours.value, theirs.value, is_open=True)
        # Stripe's value was replaced before it was seen.
        yield Ending(ours.value, spec.spelled(ours.value), is_open=True)
