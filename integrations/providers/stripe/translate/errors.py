"""What cannot be said in the other side's words."""

from integrations.errors import Rejected


class Untranslatable(Rejected):
    """The other side has no word for this; the message says what would have."""
