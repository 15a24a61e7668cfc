"""Who wins where two edits met that knew nothing of each other."""

from integrations.providers.stripe.tests.two_writers.histories.edits import Edit
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
