"""Payment methods that a provider keeps for a customer, as far as they are shown."""

from dataclasses import dataclass

# Under which name the pair of a customer notes the default method that the provider knows of.
DEFAULT_METHOD = "default_method"


@dataclass(frozen=True)
class SavedMethod:
    """A payment method that the provider keeps for a customer: never more of it than what a receipt shows."""

    id: str
    type: str
    brand: str = ""
    last4: str = ""
    expires: str = ""
    is_default: bool = False
