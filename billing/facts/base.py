"""What the records of all nouns share."""

from collections.abc import Mapping
from decimal import Decimal

Metadata = Mapping[str, str]
ZERO = Decimal(0)
