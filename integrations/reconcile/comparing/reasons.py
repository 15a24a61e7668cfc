"""What to do about a fact that differs, in sentences."""

from integrations.models.findings import Repair

# Whose something is.
CUSTOMER = "customer"
ANOTHERS = (
    "It belongs to another customer here than at the provider, and on neither side can that be changed. If the two"
    " are one, relink the provider's customer to the row that it belongs to here, and archive the other row; if not,"
    " end it and make it for the right one, or accept it."
)


def of(name: str, repair: str) -> str:
    """For the fact of that ``name``, with the ``repair`` that is suggested, "" for none."""
    if name == CUSTOMER:
        return ANOTHERS
    what = f"The {words(name)} {'differ' if is_plural(name) else 'differs'}"
    if repair == Repair.TAKE:
        return f"{what}: what the provider says of it has not come here. Take it."
    if repair == Repair.PUSH:
        return f"{what}: what happened here has not reached the provider. Push it."
    return f"{what}, and neither side can simply follow the other: look at both."


def words(name: str) -> str:
    """As a sentence has it."""
    return name.replace("_", " ")


def is_plural(name: str) -> bool:
    """Whether it names several things."""
    return name.endswith("s") and not name.endswith("status")
