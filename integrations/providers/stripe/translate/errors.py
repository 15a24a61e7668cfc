"""The failure to express a value on the other side."""

from integrations.errors import Rejected


class Untranslatable(Rejected):
    """The other side cannot express this value; the message says what it can."""
